def isolated(text, is_rtl):
    """A text of somebody else within a sentence: in one that runs from right to left, Latin words, amounts and a full
    stop would change places with it (Unicode's isolates, UAX 9).

    :param is_rtl: whether the sentence runs from right to left

    >>> isolated("Paid on 3.3.", False)
    'Paid on 3.3.'
    >>> isolated("Paid on 3.3.", True)
    '\\u2068Paid on 3.3.\\u2069'
    >>> isolated("", True)
    ''
    """
    return f"\u2068{text}\u2069" if text and is_rtl else text
