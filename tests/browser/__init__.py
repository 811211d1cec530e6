"""The pages and mails as people see them: headless Chromium before a served installation with a past.

`living.py` makes that installation, `pages.py` lists every page of it, `looking.py` says what is wrong with one.
`python -m tests.browser.shots FOLDER` makes a picture of everything.
"""
