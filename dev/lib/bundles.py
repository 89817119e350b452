"""For Odoo's shell: makes the bundles that tests load, as Odoo does before tests of its own.
Otherwise each test makes them anew, in a transaction that is undone."""

qweb = env["ir.qweb"]  # noqa: F821
for name in (
    *("web.assets_web", "web.assets_tests", "bus.websocket_worker_assets"),
    *("web.assets_unit_tests_setup", "web.assets_unit_tests"),
    *("web.assets_frontend_minimal", "web.assets_frontend_lazy"),
):
    qweb._get_asset_bundle(name, css=False).js()
for name in ("web.assets_web", "web.assets_web_print", "web.assets_frontend"):
    for is_rtl in (False, True):
        qweb._get_asset_bundle(name, js=False, rtl=is_rtl).css()
qweb._get_asset_bundle("web.report_assets_common", js=False, autoprefix=True).css()
env.cr.commit()  # noqa: F821
