"""Every door of the house, tried by people who do not belong there.

The doors are read from the URL conf and the rows behind them are made for every tenant model, so that a page, an endpoint or
a table that is added later is tried without anybody remembering it. What cannot be worked out fails with a sentence that
says where to write it down: `arguments.TAUGHT` for an argument, `acme.FACTS` for a row.
"""
