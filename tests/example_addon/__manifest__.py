{
    "name": "Lead to Cash: Example",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Lead to Cash contributors",
    "depends": ["lead_to_cash"],
}
