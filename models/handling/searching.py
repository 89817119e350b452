from odoo.exceptions import AccessError


def check_searched(records, name):
    """Searching by a field is reading it, value by value; of a field that isn't stored, Odoo
    asks for the rights only when it reads it. Every ``search=`` begins with this.

    :raise AccessError: when the reader may not read the field ``name``
    """
    if not records._has_field_access(records._fields[name], "read"):
        raise AccessError(
            records.env._("You can't search by what you can't read; use a field that these records show you.")
        )
