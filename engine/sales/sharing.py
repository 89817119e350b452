"""Work that is shared out among several people."""


def shared_out(groups, people):
    """``{item: person}``: each of ``groups``, lists of items, goes to one of ``people``; the larger ones first,
    to who has the least by then.

    >>> shared_out([["a"], ["b", "c"], ["d"]], [1, 2])
    {'b': 1, 'c': 1, 'a': 2, 'd': 2}
    >>> shared_out([], [1])
    {}
    """
    found, load = {}, dict.fromkeys(people, 0)
    for group in sorted(groups, key=len, reverse=True):
        person = min(load, key=load.get)
        load[person] += len(group)
        found |= dict.fromkeys(group, person)
    return found
