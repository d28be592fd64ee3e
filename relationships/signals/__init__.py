"""Signals: what needs somebody's attention, each with a named and dated cause and a proposed action.

`kinds` says what there is, `watched` which accounts are looked at, the modules `of_…` find causes, `recompute` keeps
one signal for each cause, `acting` is what people do with them, `digest` tells them by e-mail.
"""
