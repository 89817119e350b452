"""A plugin of pytest: the order in which it shares the tests out."""


def pytest_collection_modifyitems(items):
    """What takes long comes first: else one worker is still busy with it when all else is done.
    The browser's tests are one class, which a worker has to itself."""
    # Not at the top: Odoo is not configured yet when pytest reads this.
    from odoo.addons.lead_to_cash.tests import real, test_browser, test_replay

    order = (test_browser.TestBrowser, test_replay.ReplayCase, real.RealProcessCase, object)
    items.sort(key=lambda item: next(place for place, cls in enumerate(order) if issubclass(item.cls or object, cls)))
