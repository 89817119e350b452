"""What the result of a call plans, and what ends it: one rule for all."""

#: The steps of activities that results plan; by them they are known again, whatever their language.
OFFER_PLAN, SEND_COPY, CALL_BACK = -10, -11, -12

#: What was done: the steps that it ends.
ENDS = {
    "plan": (OFFER_PLAN,),
    "copy": (SEND_COPY,),
    "contact": (CALL_BACK,),
}
