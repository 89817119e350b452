from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.http import request, route


class QuotationPage(CustomerPortal):
    """Who looks at a quotation's page is told to its salesperson."""

    @route()
    def portal_order_page(self, order_id, *args, **kwargs):
        response = super().portal_order_page(order_id, *args, **kwargs)
        order_sudo = getattr(response, "qcontext", {}).get("sale_order")
        # As the host: colleagues and what only fetches a preview of a link are no customers; nor are programs.
        is_preview = request.httprequest.headers.get("Odoo-Link-Preview") == "True"
        if order_sudo and request.env.user.share and not (is_preview or request.env["ir.http"].is_a_bot()):
            order_sudo._look()
        return response
