"""What Odoo promises of its own documents holds with this addon."""

from odoo.tests import tagged

from ..common import HandlingCase


@tagged("post_install", "-at_install")
class TestHostPromises(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("lead_to_cash.lost_reason_not_interested")

    def test_the_reason_is_told_once(self):
        closed = ["active", "lost_reason_id", "won_status"]
        for title, close, expected in (
            ("Odoo's button", lambda lead: lead.action_set_lost(lost_reason_id=self.reason.id), closed),
            ("ours", lambda lead: lead.action_close(self.reason), closed),
            ("the field", lambda lead: lead.write({"closure_reason_id": self.reason.id}), ["lost_reason_id"]),
        ):
            with self.subTest(title):
                lead = self.lead().with_context(tracking_disable=False)
                self.cr.flush()
                close(lead)
                self.cr.flush()
                told = lead.message_ids.tracking_value_ids.field_id.mapped("name")
                self.assertEqual(sorted(told), expected)

    def test_no_field_that_repeats_another_is_tracked(self):
        """A related field is tracked when its target is, unless it says otherwise."""
        fields = [field for model in self.env.registry.values() for field in model._fields.values()]
        ours = [field for field in fields if field.related and "lead_to_cash" in (field._modules or ())]
        self.assertIn(self.env["crm.lead"]._fields["closure_reason_id"], ours)
        self.assertEqual([field for field in ours if getattr(field, "tracking", None)], [])
