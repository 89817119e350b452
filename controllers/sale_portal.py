from odoo import http
from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.http import request


class SalePortal(CustomerPortal):
    @http.route()
    def portal_quote_decline(self, order_id, access_token=None, decline_message=None, **kwargs):
        """Why the customer declines is kept with the quotation, and somebody is told."""
        order_sudo = request.env["sale.order"].sudo().browse(order_id).exists()  # the host asks who may
        was_open = order_sudo.state in ("draft", "sent")
        response = super().portal_quote_decline(order_id, access_token, decline_message, **kwargs)
        if was_open and order_sudo.state == "cancel":
            order_sudo._declined_by_customer(decline_message)
        return response
