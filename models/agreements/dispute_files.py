from odoo import models
from odoo.exceptions import ValidationError

from ...engine.agreements.files import MOST_BYTES, is_proof


class DunningDispute(models.Model):
    """Photos and files of a dispute: who reads the dispute reads them, and nobody else."""

    _inherit = "dunning.dispute"

    def _keep_files(self):
        """What was uploaded for these disputes belongs to them.

        :raise ValidationError: for anything but a PDF or a picture, or what is another record's
        """
        for dispute in self.filtered("attachment_ids"):
            # What was uploaded just now belongs to who uploaded it.
            files_sudo = dispute.sudo().attachment_ids
            new_sudo = files_sudo.filtered(lambda file: not file.res_id)
            if any((file.res_model, file.res_id) != (self._name, dispute.id) for file in files_sudo - new_sudo):
                raise ValidationError(self.env._("Upload the file here: one of another record stays there."))
            for file in new_sudo:
                if file.type != "binary" or (file.create_uid != self.env.user and not self.env.su):
                    raise ValidationError(self.env._("Upload the file here: one of another record stays there."))
                if file.file_size > MOST_BYTES or not is_proof(file.name, file.raw or b""):
                    raise ValidationError(
                        self.env._(
                            "Only a PDF or a picture (PNG, JPEG) of up to 5 MB can be kept, under a name of letters and "
                            "digits."
                        )
                    )
            new_sudo.write({"res_model": self._name, "res_id": dispute.id, "public": False})
