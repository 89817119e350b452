"""The calibration as a picture."""

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt


def draw(found, folder):
    """A point a tenth: as often late as foreseen lies on the line. Returns the file."""
    chances, shares, counts = zip(*found["tenths"], strict=True)
    figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="as foreseen")
    axes.plot(chances, shares, marker="o", label=f"tenths of {sum(counts)} documents")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="foreseen chance to be late", ylabel="share that was late")
    axes.set_title(f"Calibration: expected error {found['model']['ece']:.1%}, AUC {found['model']['auc']:.3f}")
    axes.legend()
    path = folder / "calibration.png"
    figure.savefig(path, dpi=120)
    plt.close(figure)
    return path
