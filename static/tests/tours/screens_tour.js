import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l2c_settings", {
    steps: () => [
        {
            content: "The settings of Lead to Cash",
            trigger: ".settings_tab .tab[data-key=lead_to_cash]",
            run: "click",
        },
        {
            content: "Five questions for who does the books",
            trigger: "#dunning_policy:visible ~ #dunning_window ~ #dunning_books ~ #payment_ways ~ #write_off",
        },
        {
            content: "All else is folded",
            trigger: "body:not(:has(#dunning_bank:visible)):not(:has(#leaks:visible))",
        },
        {
            trigger: ".app_settings_block[data-key=lead_to_cash] .o_l2c_advanced_toggle",
            run: "click",
        },
        {
            content: "Open",
            trigger: "#dunning_bank:visible",
        },
        {
            trigger: ".app_settings_block[data-key=lead_to_cash] .o_l2c_advanced_toggle",
            run: "click",
        },
        {
            trigger: "body:not(:has(#dunning_bank:visible))",
        },
        {
            content: "Searching finds what is folded",
            trigger: ".o_searchview input",
            run: "edit Insolvenc",
        },
        {
            trigger: "#insolvency_claim:visible",
        },
        {
            trigger: "body:not(:has(#dunning_bank:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_banners", {
    steps: () => [
        {
            content: "One banner, of several that apply",
            trigger: ".o_l2c_banners:has(> [name=expired]:visible):not(:has(> [name=customer_warning]:visible))",
        },
        {
            content: "The others are behind one link",
            trigger: ".o_l2c_banners_toggle:contains(1 more)",
            run: "click",
        },
        {
            trigger: ".o_l2c_banners > [name=customer_warning]:visible:contains(Sells its machines)",
        },
        {
            trigger: ".o_l2c_banners_toggle",
            run: "click",
        },
        {
            trigger: ".o_l2c_banners:not(:has(> [name=customer_warning]:visible))",
        },
    ],
});
