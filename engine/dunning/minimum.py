"""From which amount on the shipped policies remind."""

#: By currency; in any other one, the first of these that has a rate counts, converted and rounded.
SHIPPED_MINIMUM = {"EUR": 20, "USD": 20, "RON": 100, "ILS": 75}


def to_one_digit(amount):
    """
    >>> [to_one_digit(amount) for amount in (18.74, 83.1, 7812.5, 0.31, 96)]
    [20.0, 80.0, 8000.0, 0.3, 100.0]
    """
    return float(f"{amount:.0e}") if amount > 0 else 0.0
