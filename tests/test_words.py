"""What customers and staff read, in Hebrew and Romanian: a word of one meaning in each place."""

from odoo.tests import TransactionCase, tagged
from odoo.tools import html2plaintext

from .dunning.test_ladder import LadderCase

HE, RO = "he_IL", "ro_RO"

#: What one English word would have made the same, by model and field: {value: (Hebrew, Romanian)}.
STATES = {
    ("dunning.promise", "state"): {"open": ("פתוחה", "Deschis"), "cancelled": ("בוטלה", "Anulat")},
    ("dunning.plan", "state"): {
        "open": ("פתוח", "Deschis"),
        "kept": ("קוים", "Respectat"),
        "broken": ("הופר", "Nerespectat"),
        "cancelled": ("בוטל", "Anulat"),
    },
    ("dunning.dispute", "state"): {"open": ("פתוחה", "Deschisă"), "resolved": ("הוסדרה", "Soluționată")},
    ("dunning.notice", "state"): {"cancelled": ("בוטלה", "Anulată"), "queued": ("ממתינה לביצוע", "În coadă")},
    ("dunning.run", "state"): {"draft": ("טרם החלה", "Neîncepută"), "done": ("הסתיימה", "Finalizată")},
    ("dunning.write.off", "state"): {"refused": ("נדחתה", "Respinsă")},
    ("contact.attempt", "outcome"): {
        "refused": ("סירוב לשלם", "Refuză plata"),
        "wrong_person": ("אינו הנמען הנכון", "Nu este persoana potrivită"),
    },
    ("dunning.answer", "kind"): {"wrong_person": ("אינני הנמען הנכון", "Nu sunt persoana potrivită")},
    ("crm.lead", "handover_state"): {"accepted": ("התקבל על ידי המכירות", "Acceptat de vânzări")},
}

#: Labels that head an amount, a day or a status.
LABELS = {
    ("res.partner", "overdue_amount"): ("סכום בפיגור", "Sumă restantă"),
    ("handling.status.change", "old_status_id"): ("מסטטוס", "Din stadiul"),
    ("handling.status.change", "new_status_id"): ("לסטטוס", "În stadiul"),
    ("dunning.level", "delay_from"): ("נספר מ…", "Calculat de la"),
    ("receivable.metrics", "dso"): ("DSO", "Durata medie de încasare (DSO)"),
    ("receivable.metrics", "best_dso"): ("DSO מיטבי", "DSO minim posibil"),
    ("receivable.metrics", "count_back"): ("DSO לאחור", "DSO prin metoda count-back"),
}


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    def labels(self, model, field, lang):
        self.env["res.lang"]._activate_lang(lang)
        return self.env[model].with_context(lang=lang).fields_get([field], ["string", "selection"])[field]

    def test_names_keep_their_direction_in_lists(self):
        """Also in a right-to-left screen: a full stop stays at the end of a name."""
        for model in ("payment.charge", "payment.consent", "invoice.upload", "collections.customer", "dunning.notice"):
            with self.subTest(model):
                self.assertIn("o_l2c_directed", self.env[model].get_view(view_type="list")["arch"])

    def test_states(self):
        for (model, field), words in STATES.items():
            for position, lang in enumerate((HE, RO)):
                with self.subTest(model, field=field, lang=lang):
                    found = dict(self.labels(model, field, lang)["selection"])
                    expected = {value: word[position] for value, word in words.items()}
                    self.assertEqual({value: found[value] for value in words}, expected)

    def test_labels(self):
        for (model, field), words in LABELS.items():
            with self.subTest(model, field=field):
                found = tuple(self.labels(model, field, lang)["string"] for lang in (HE, RO))
                self.assertEqual(found, words)

    def test_days(self):
        clock = self.env["l2c.clock.mixin"]
        for lang, words in (
            ("en_US", ("1 day", "2 days", "20 days")),
            (HE, ("יום אחד", "יומיים", "20 ימים")),
            (RO, ("o zi", "2 zile", "20 de zile")),
        ):
            with self.subTest(lang):
                self.env["res.lang"]._activate_lang(lang)
                here = clock.with_context(lang=lang)
                self.assertEqual(tuple(here._days_text(days) for days in (1, 2, 20)), words)
                self.assertEqual(here._hours_text(24), words[0])
        self.assertEqual(clock.with_context(lang=HE)._hours_text(20.5), "20 שעות")


@tagged("post_install", "-at_install")
class TestFinalDemand(LadderCase):
    def test_in_words_of_its_own(self):
        """A letter of a final level warns, in its text too."""
        self.ladder(("Final", 4, {"is_final": True, "channel": "letter", "payment_deadline_days": 14}))
        self.invoice(due="2026-02-01")
        self.run_on("2026-03-10")
        notice = self.env["dunning.notice"].search([("partner_id", "=", self.customer.id)])
        for lang, words in ((HE, "זוהי התראה"), (RO, "vă somăm"), ("en_US", "final demand")):
            with self.subTest(lang):
                self.env["res.lang"]._activate_lang(lang)
                self.customer.lang = lang
                html = self.env["ir.actions.report"]._render_qweb_html("lead_to_cash.dunning_letter", notice.ids)[0]
                self.assertIn(words, html2plaintext(html.decode()))
