"""The arithmetic of foresight: its examples, its laws, and the database against plain Python."""

import doctest
import itertools
import random
from datetime import date, timedelta
from math import isclose, log
from unittest.mock import patch

from odoo.addons.lead_to_cash.engine.foresight import features, figures, learning, model, scoring, states, survival
from odoo.addons.lead_to_cash.engine.foresight.events import nothing
from odoo.addons.lead_to_cash.engine.foresight.survival import Course, expected_days_late, later, paid_by
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from . import reference

START = date(2024, 1, 1)
ASKED = date(2025, 12, 9)


def courses(count=300):
    draw = random.Random(7)
    for _course in range(count):
        yield (
            Course(
                draw.uniform(0.001, 0.999),
                draw.uniform(-1, 5),
                draw.uniform(0.15, 0.75),
                draw.uniform(-1, 4),
                draw.uniform(0.15, 0.75),
            ),
            draw.randint(-60, 200),
        )


@tagged("post_install", "-at_install")
class TestArithmetic(TransactionCase):
    def test_examples(self):
        for module in (learning, survival, figures, model, scoring, features):
            found = doctest.testmod(module)
            self.assertEqual(found.failed, 0, module.__name__)

    def test_chances_fall(self):
        """A chance lies between 0 and 1 and doesn't rise with the days; what has been waited is waited."""
        for course, waited in courses():
            chances = [later(course, day, waited) for day in range(-70, 400, 7)]
            self.assertTrue(all(0 <= chance <= 1 for chance in chances), course)
            self.assertTrue(all(one >= other - 1e-12 for one, other in itertools.pairwise(chances)), course)
            self.assertEqual(later(course, waited, waited), 1)

    def test_waiting_is_known(self):
        """The chance of two days is the chance of the first times that of the second after the first."""
        for course, waited in courses():
            for first, second in ((waited + 5, waited + 30), (waited + 1, waited + 90)):
                product = later(course, first, waited) * later(course, second, first)
                self.assertTrue(isclose(later(course, second, waited), product, rel_tol=1e-9, abs_tol=1e-12))

    def test_days_of_chances(self):
        """By the day of a chance it is paid with at least that chance, the day before with less; later chances are
        later days, none in the past."""
        for course, waited in courses():
            days = [paid_by(course, share, waited) for share in (0.1, 0.5, 0.9)]
            self.assertEqual(days, sorted(days))
            self.assertGreater(days[0], waited)
            for share, day in zip((0.1, 0.5, 0.9), days, strict=True):
                if day < survival.FURTHEST:
                    self.assertLessEqual(later(course, day, waited), 1 - share + 1e-9)
                if day > waited + 1:
                    self.assertGreater(later(course, day - 1, waited), 1 - share - 1e-9)

    def test_expected_days(self):
        for course, waited in courses():
            expected = expected_days_late(course, waited)
            self.assertGreaterEqual(expected, max(waited, 0))
            self.assertLessEqual(expected, max(waited, 0) + survival.GRID[-1])
            more = course._replace(late=min(course.late * 1.2, 0.999))
            self.assertGreaterEqual(expected_days_late(more, waited), expected - 1e-9)

    def test_nothing_to_learn(self):
        self.assertEqual(model.learn([]), (model.own_rate(), False))


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestStatements(TransactionCase):
    """The statements over documents of a table, against the same in Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        draw = random.Random(3)
        cls.documents = [cls.document(draw, number) for number in range(1, 401)]

    @classmethod
    def document(cls, draw, number):
        issued = START + timedelta(draw.randrange(720))
        due = issued + timedelta(draw.choice((0, 14, 30, 60)))
        paid = due + timedelta(draw.randint(-20, 10) if draw.random() < 0.6 else draw.randint(1, 90))
        settled = max(paid, issued) if draw.random() < 0.9 else None
        closed = (
            settled + timedelta(draw.choice((0, 0, 0, 20))) if settled else draw.choice((None, issued + timedelta(40)))
        )
        return {
            "id": number,
            "company_id": 1,
            "customer_id": draw.randrange(1, 15),
            "segment": number % 2,
            "amount": round(draw.lognormvariate(5, 1), 2),
            "issued": issued,
            "due": due,
            "settled": settled,
            "closed": closed,
            "disputed": draw.random() < 0.1,
        }

    def lay_out(self, documents):
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s::double precision, %s::date, %s::date, %s::date, %s::date, %s)",
                *(document[name] for name in self.documents[0]),
            )
            for document in documents
        )
        names = SQL(", ").join(SQL.identifier(name) for name in self.documents[0])
        for statement in states.lay_out(SQL("SELECT * FROM (VALUES %s) AS d(%s)", rows, names), nothing()):
            self.env.cr.execute(statement)

    def learn(self, day):
        rows, lately = (
            self.env.execute_query(query) for query in (model.sample(day, at="due"), model.paid_lately(day))
        )
        return model.learn(rows, lately)

    def ask(self, day):
        """The states of all documents, as of a day before they were issued, or that day."""
        asked = SQL(
            "SELECT id, customer_id, segment, amount, issued, due, LEAST(%s::date, issued) AS day FROM %s",
            day,
            states.DOCUMENTS,
        )
        query = SQL("SELECT * FROM (%s) f ORDER BY id", features.features(states.states(asked)))
        return self.env.execute_query_dict(query)

    def test_states_in_python(self):
        self.lay_out(self.documents)
        for row in self.ask(ASKED):
            expected = reference.customer(self.documents, row)
            for name, value in expected.items():
                self.assertAlmostEqual(float(row[name]), value, 6, (name, row["id"]))

    def test_the_last_alone_in_python(self):
        """Of customers with more documents than are looked at: some are asked about that aren't among the last."""
        self.lay_out(self.documents)
        for count in (1, 4, 12):
            with patch.object(states, "LOOKED_AT", count):
                for row in self.ask(ASKED):
                    for name, value in reference.customer(self.documents, row).items():
                        self.assertAlmostEqual(float(row[name]), value, 6, (name, row["id"], count))

    def test_shrinkage_in_python(self):
        self.lay_out(self.documents)
        for row in self.ask(ASKED)[::10]:
            late, days = reference.chance(self.documents, row)
            self.assertAlmostEqual(row["p_c_late"], late, 6)
            self.assertAlmostEqual(row["p_c_days"], days, 6)
            self.assertAlmostEqual(row["x_days"], log(days), 6)

    def test_no_look_ahead(self):
        """Whatever happens from a day on changes nothing of what was known before."""
        self.lay_out(self.documents)
        cut = date(2025, 3, 3)
        before = [row for row in self.ask(cut) if row["issued"] < cut]
        changed = []
        for document in self.documents:
            if document["issued"] >= cut:
                continue
            if document["settled"] and document["closed"] >= cut:
                another = None if document["id"] % 2 else max(document["settled"], cut) + timedelta(33)
                changed.append(document | {"settled": another, "closed": another})
            else:
                changed.append(document)
        self.lay_out(changed)
        after = [row for row in self.ask(cut) if row["issued"] < cut]
        self.assertEqual(len(before), len(after))
        for one, other in zip(before, after, strict=True):
            for name, value in one.items():
                self.assertTrue(value == other[name] or isclose(value, other[name], abs_tol=1e-9), name)

    def test_forecasts_in_python(self):
        """The database's chances, days and means are those of plain Python."""
        self.lay_out(self.documents)
        learnt, is_learnt = self.learn(ASKED)
        self.assertTrue(is_learnt)
        asked = SQL(
            "SELECT id, customer_id, segment, amount, issued, due, %s::date AS day FROM %s", ASKED, states.DOCUMENTS
        )
        predicted = scoring.predicted(features.features(states.states(asked)), learnt, ASKED)
        query = SQL(
            "SELECT f.*, p.p, p.mu, p.mu_early, p.waited, p.due FROM (%s) f JOIN (%s) p ON p.id = f.move_id",
            scoring.forecasts(predicted, learnt, ASKED),
            predicted,
        )
        rows = self.env.execute_query_dict(query)
        self.assertEqual(len(rows), len(self.documents))
        for row in rows:
            course = Course(row["p"], row["mu"], learnt["days"]["spread"], row["mu_early"], learnt["early"]["spread"])
            for name, day in (("late_1", 0), ("late_30", 30), ("late_60", 60)):
                self.assertTrue(isclose(row[name], later(course, day, row["waited"]), rel_tol=1e-9, abs_tol=1e-12))
            for name, share in scoring.CHANCES.items():
                self.assertEqual((row[name] - row["due"]).days, paid_by(course, share, row["waited"]), name)
            self.assertAlmostEqual(row["expected_days_late"], expected_days_late(course, row["waited"]), 6)
            self.assertLessEqual(len(row["reasons"]), 3)

    def test_change_of_habits(self):
        """A history of 5,000 documents: from one day on, half of the customers pay some 20 days late, then all of them.
        Within two months both the chance and the days follow; those who didn't change aren't taken for them."""
        for everybody in (True, False):
            changed, others = self.after_a_change(everybody, 61)
            before, _others = self.after_a_change(everybody, -30)
            self.assertGreater(changed[0], 0.7, everybody)
            self.assertLess(before[0], 0.4)
            self.assertLess(before[1], 4)
            self.assertTrue(12 < changed[1] < (22 if everybody else 18), changed)
            if not everybody:
                self.assertLess(others[0], changed[0] - 0.15)
                self.assertLess(others[1], changed[1] / 2)

    def after_a_change(self, everybody, days):
        """(mean chance to be late, mean expected days) of new documents of those who changed, and of the others."""
        draw, change = random.Random(11), date(2024, 7, 1)
        habits = {customer: (draw.uniform(0.1, 0.4), draw.uniform(3, 8)) for customer in range(50)}
        documents = []
        for number in range(5000):
            customer, issued = draw.randrange(50), date(2023, 1, 1) + timedelta(draw.randrange(1096))
            due, (late, mean) = issued + timedelta(30), habits[customer]
            if due >= change and (everybody or customer % 2):
                delay = round(draw.gauss(20, 4)) if draw.random() < 0.9 else -draw.randrange(10)
            else:
                delay = 1 + round(draw.expovariate(1 / mean)) if draw.random() < late else -draw.randrange(10)
            settled = due + timedelta(delay)
            documents.append(
                {
                    **{"id": number, "company_id": 1, "customer_id": customer, "segment": 0},
                    **{"amount": round(draw.lognormvariate(6, 0.7), 2), "issued": issued, "due": due},
                    **{"settled": settled, "closed": settled, "disputed": False},
                }
            )
        self.lay_out(documents)
        day = change + timedelta(days)
        learnt, _is_learnt = self.learn(day)
        asked = SQL(
            """SELECT -c AS id, c AS customer_id, 0 AS segment, 400.0::double precision AS amount, %(day)s::date AS issued,
                      %(day)s::date + 30 AS due, %(day)s::date AS day FROM generate_series(0, 49) c""",
            day=day,
        )
        predicted = scoring.predicted(features.features(states.states(asked)), learnt, day)
        rows = self.env.execute_query_dict(scoring.forecasts(predicted, learnt, day))

        def means(of):
            count = len(of) or 1
            return sum(row["late_1"] for row in of) / count, sum(row["expected_days_late"] for row in of) / count

        has_changed = [row for row in rows if everybody or row["partner_id"] % 2]
        return means(has_changed), means([row for row in rows if row not in has_changed])
