import { expect, test } from "@odoo/hoot";
import { AgeingListRenderer, dayOf } from "@lead_to_cash/books/ageing_list";

test("the address of an ageing names its day; another record's id is none", () => {
    expect(dayOf({ active_id: 20260228 }).toISODate()).toBe("2026-02-28");
    for (const number of [20260231, 42, undefined, false, "x"]) {
        expect(dayOf({ active_id: number })).toBe(undefined);
    }
});

test("what is disputed has a column only where something is, in the place of the days past due", () => {
    const shown = (list) =>
        AgeingListRenderer.prototype.getActiveColumns
            .call({
                allColumns: [{ name: "days_overdue" }, { name: "residual" }, { name: "disputed" }],
                optionalActiveFields: {},
                evalColumnInvisible: () => false,
                props: { list },
            })
            .map(({ name }) => name);
    const group = (disputed) => ({ aggregates: { disputed } });
    const record = (disputed) => ({ data: { disputed } });
    expect(shown({ isGrouped: true, groups: [group(0), group(30)] })).toEqual(["residual", "disputed"]);
    expect(shown({ isGrouped: true, groups: [group(0)] })).toEqual(["days_overdue", "residual"]);
    expect(shown({ isGrouped: false, records: [record(30), record(0)] })).toEqual(["residual", "disputed"]);
    expect(shown({ isGrouped: false, records: [] })).toEqual(["days_overdue", "residual"]);
});
