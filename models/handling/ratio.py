from odoo import fields


class Ratio(fields.Float):
    """A number that is nothing where there is nothing to divide by, or to measure: not 0.0. It is read from
    the database, where it is NULL then, and shown and exported empty."""

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is False else value
