import { expect, test } from "@odoo/hoot";
import { dayOf } from "@lead_to_cash/books/ageing_list";

test("the address of an ageing names its day; another record's id is none", () => {
    expect(dayOf({ active_id: 20260228 }).toISODate()).toBe("2026-02-28");
    for (const number of [20260231, 42, undefined, false, "x"]) {
        expect(dayOf({ active_id: number })).toBe(undefined);
    }
});
