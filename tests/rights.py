"""Who may do what with the records and fields of this addon, as data."""

SALES = "sales_team.group_sale_salesman"
#: login: groups; nobody is logged in without. The neighbour is a collector of another company alone.
PEOPLE = {
    "public": "",
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "seller": SALES,
    "all_leads": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "invoicing": "account.group_account_invoice",
    "readonly": "account.group_account_readonly",
    "collector": "lead_to_cash.group_collections_user",
    "manager": "lead_to_cash.group_collections_manager",
    "accountant": "account.group_account_manager",
    "neighbour": "lead_to_cash.group_collections_user",
}

#: Who has every right of a user, but doesn't administer the system.
ALMIGHTY = {
    "everything": "sales_team.group_sale_manager,account.group_account_manager,lead_to_cash.group_collections_manager"
}
#: {model: what each of them may do with a record of nobody among them}: create, read, write, unlink.
#: Records of our company; about a lead and a customer of an administrator's; dialogs that somebody else opened.
_MODELS = """
                          public portal employee seller all_leads sales_manager invoicing readonly collector manager accountant neighbour
account.letter            -      -      -        -      -         -             r         r        r         r       r          -
amount.riddle             -      -      -        -      -         -             c         -        c         c       c          c
amount.riddle.line        -      -      -        -      -         -             c         -        c         c       c          c
balance.confirmation      -      -      -        -      -         -             r         r        r         r       r          -
call.list.line            -      -      -        -      r         r             -         -        -         -       -          -
call.result               -      -      -        -      -         -             c         -        c         c       c          c
collection.action         -      -      -        -      -         -             c         -        c         c       c          c
collection.found          -      -      -        -      -         -             c         c        c         c       c          c
collection.customer.settings -   -      -        -      -         -             -         -        c         c       c          c
collections.customer      -      -      -        -      -         -             r         r        r         r       r          -
collection.reminder       -      -      -        -      -         -             -         -        c         c       c          c
collection.leak           -      -      -        -      -         -             r         r        r         r       r          -
collection.case           -      -      -        -      -         -             r         r        crw       crwu    crwu       c
collection.case.fee       -      -      -        -      -         -             r         r        crwu      crwu    crwu       c
collection.hand.over      -      -      -        -      -         -             -         -        c         c       c          c
contact.attempt           -      -      -        c      crw       crw           c         -        c         c       c          c
contact.dialog            -      -      -        c      c         c             c         -        c         c       c          c
contact.result            -      -      -        c      c         c             c         -        c         c       c          c
credit.apply              -      -      -        -      -         -             c         -        c         c       c          c
credit.apply.line         -      -      -        -      -         -             c         -        c         c       c          c
dunning.answer            -      -      -        -      -         -             r         r        rw        rw      rw         -
customer.warning          -      -      -        -      -         -             r         r        r         r       r          -
customer.warning.dialog   -      -      -        c      c         c             c         -        c         c       c          c
dunning.approval          -      -      -        -      -         -             -         -        c         c       c          c
dunning.ask.salesperson   -      -      -        -      -         -             c         -        c         c       c          c
dunning.cancel            -      -      -        -      -         -             -         -        c         c       c          c
dunning.collector.assign  -      -      -        -      -         -             -         -        -         c       c          -
dunning.collector.rule    -      -      -        -      -         -             r         r        r         crwu    crwu       -
dunning.decision          -      -      -        -      -         -             r         r        r         r       r          -
dunning.dispute           -      -      -        -      -         -             crw       r        crw       crwu    crwu       c
dunning.dispute.reason    -      -      r        r      r         r             r         r        r         crwu    crwu       r
dunning.dispute.report    -      -      -        -      -         -             r         r        r         r       r          -
dunning.forecast          -      -      -        -      -         -             -         -        -         -       -          -
dunning.go.live           -      -      -        -      -         -             -         -        -         c       c          -
dunning.level             -      -      -        -      -         -             r         r        r         crwu    crwu       -
dunning.notice            -      -      -        -      -         -             r         r        rw        rw      rw         -
dunning.notice.edit       -      -      -        -      -         -             -         -        c         c       c          c
dunning.notice.line       -      -      -        -      -         -             r         r        rw        rw      rw         -
dunning.plan              -      -      -        -      -         -             crw       r        crw       crwu    crwu       c
dunning.policy            -      -      -        -      -         -             r         r        r         crwu    crwu       -
dunning.preview           -      -      -        -      -         -             r         r        r         r       r          -
dunning.promise           -      -      -        -      -         -             crw       r        crw       crwu    crwu       c
dunning.run               -      -      -        -      -         -             r         r        r         crw     crw        -
dunning.run.start         -      -      -        -      -         -             -         -        -         c       c          -
dunning.sales.release     -      -      -        -      -         cr            r         r        r         r       r          -
dunning.watch             -      -      -        -      -         -             r         r        r         r       r          -
dunning.write.off         -      -      -        -      -         -             r         r        crw       crwu    crwu       c
handling.attempt.mail     -      -      r        r      r         crwu          r         r        r         cr      cr         r
handling.close            -      -      -        c      c         c             c         -        c         c       c          c
handling.status           -      -      r        r      r         cr            r         r        r         crwu    crwu       r
handling.status.change    -      -      -        -      r         r             -         -        -         -       -          -
invoice.requirement       -      -      -        -      -         -             r         r        r         crwu    crwu       -
invoice.upload            -      -      -        -      -         -             r         r        r         r       r          -
l2c.audit.log             -      -      -        -      -         -             r         r        r         r       r          -
l2c.automation            -      -      -        -      -         r             -         -        -         r       r          -
l2c.payment.way           -      -      -        -      -         -             r         r        r         crwu    crwu       -
l2c.portal.post           -      -      -        -      -         -             -         -        -         -       -          -
invoice.copies            -      -      -        -      -         -             c         -        c         c       c          c
keep.in.touch             -      -      -        -      r         r             -         -        -         -       -          -
lead.hand.over            -      -      -        c      c         c             -         -        -         -       -          -
lead.qualification        -      -      -        r      r         crwu          -         -        -         -       -          -
lead.response.report      -      -      -        -      r         r             -         -        -         -       -          -
lead.return               -      -      -        c      c         c             -         -        -         -       -          -
payment.charge            -      -      -        -      -         -             r         r        rw        rw      rw         -
payment.consent           -      -      -        -      -         -             r         r        rw        rw      rw         -
payment.forecast          -      -      -        -      -         -             r         r        r         r       r          -
payment.grade             -      -      -        -      -         -             r         r        r         r       r          -
payment.loyalty           -      -      -        -      -         crwu          r         r        r         crwu    crwu       -
payment.loyalty.grant     -      -      -        -      -         rw            r         r        r         rw      rw         -
payment.model             -      -      -        -      -         -             -         -        -         r       r          -
payment.proposal          -      -      -        -      -         -             r         r        rw        rw      rw         -
payment.return            -      -      -        -      -         -             -         -        c         c       c          c
privacy.anonymise         -      -      -        -      -         -             -         -        -         c       c          -
privacy.deletion          -      -      -        -      -         -             -         -        -         c       c          -
privacy.deletion.line     -      -      -        -      -         -             -         -        -         c       c          -
payment.term.limit        -      -      -        -      -         -             r         r        r         crwu    crwu       -
public.register           -      -      -        -      -         -             r         r        r         crwu    crwu       -
receivable.ageing         -      -      -        -      -         -             r         r        r         r       r          -
receivable.ageing.date    -      -      -        -      -         -             c         c        c         c       c          c
receivable.metrics        -      -      -        -      -         -             r         r        r         r       r          -
lead.conversion.report    -      -      -        -      r         r             -         -        -         -       -          -
quotation.renew           -      -      -        c      c         c             -         -        -         -       -          -
sales.work.hand.over      -      -      -        -      -         c             -         -        -         -       -          -
satisfaction.dialog       -      -      -        c      c         c             c         -        c         c       c          c
sale.terms.version        -      -      -        -      -         r             -         -        -         -       -          -
statement.wizard          -      -      -        -      -         -             c         c        c         c       c          c
watch.dealt.with          -      -      -        -      -         -             c         -        c         c       c          c
win.rate.report           -      -      -        -      r         r             -         -        -         -       -          -
"""
MODELS = {row.split(maxsplit=1)[0]: row.split(maxsplit=1)[1] for row in _MODELS.splitlines()[2:]}

#: {model: the fields of ours that people write}; all others are written by actions alone, or by nobody.
WRITTEN = {
    "account.move": "allocation_number handling_status_id next_action_date",
    "account.payment": "is_tax_withheld",
    "account.payment.register": "is_tax_withheld",
    "collection.case": (
        "case_number claim_deadline contact_id court fee_fixed fee_ids fee_percent filing_date note outcome outcome_note "
        "settled_amount user_id"
    ),
    "collection.case.fee": "amount bill_id case_id date kind note",
    "contact.attempt": "note",
    "crm.lead": (
        "budget closure_reason_id consent_date contact_basis decision_maker decision_when "
        "do_not_call_checked_on handling_status_id interest_level need next_action_date"
    ),
    "crm.team": "quotation_followup_days quotation_template_id",
    "crm.stage": "handling_status_id",
    "crm.lost.reason": "reengage_days reengage_template_id",
    "dunning.answer": "is_handled",
    "dunning.collector.rule": "active company_id letter_from letter_to name partner_domain sequence user_ids",
    "dunning.dispute": (
        "amount answer attachment_ids closing_note granted_amount move_line_ids note proposed_outcome reason_id revisit_date user_id"
    ),
    "dunning.dispute.reason": "active name revisit_days sequence user_id",
    "dunning.level": (
        "ask_rating attach_invoices attach_statement cc_user_ids channel copy_to_books delay_days delay_from guidance "
        "hold_sales is_final mail_template_id name next_activity_type_id patience_days payment_deadline_days policy_id requires_approval "
        "requires_sent sender sequence skip_trusted"
    ),
    "dunning.notice": "cc_ids copies_to_books recipient_ids",
    "dunning.policy": (
        "active catch_up company_id cut_off_date cut_off_level_id grace_days is_running level_ids "
        "minimum_balance minimum_days_between name partner_domain plan_max_instalments plan_min_amount promise_max_days "
        "net_position promise_min_percent repeat_days repetitions sequence start_date thanks_template_id user_id"
    ),
    "dunning.write.off": "amount date document kind reason",
    "handling.attempt.mail": "as_draft mail_template_id number sms_template_id status_id",
    "handling.status": (
        "active activity_type_id color exhausted_reason_id fold followup_again_days followup_days guidance "
        "mail_template_id max_attempts name requires_closure_reason requires_need requires_next_action requires_note "
        "res_model response_hours role sequence series_ids silent_days situation stage_id stage_ids"
    ),
    "invoice.requirement": (
        "active applies_to code company_id country_id currency_id date_from date_to is_compulsory sequence source "
        "source_url threshold"
    ),
    "lead.qualification": "question sequence",
    "l2c.payment.way": "active bank_account_id company_id kind name sequence text",
    "payment.loyalty": "active company_id discount months name payment_term_id reward sequence",
    "payment.term.limit": (
        "active category_id company_id country_group_id country_id days from_month_end name sequence since source until"
    ),
    "public.register": "active company_id country_group_id country_id name sequence url",
    "res.partner": (
        "best_call_hour best_channel collection_note collection_state collector_id dunning_hold_reason dunning_hold_until "
        "dunning_policy_id dunning_split_by_contact external_rating external_rating_date external_rating_source "
        "is_long_term_agreed is_payment_cc is_payment_contact is_sole_trader is_wrong_addressee needs_order_number payment_days "
        "payment_weekday supplier_portal_url tells_planned_invoice withholding_rate"
    ),
    "sale.order": (
        "customer_need handling_status_id is_invoiced_at_once is_need_shown is_term_agreed next_action_date "
        "planned_invoice_date proforma_due_date tells_planned_invoice"
    ),
}
