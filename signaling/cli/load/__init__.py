"""`carelay load`: calls between accounts made for the purpose, over all
that a real call goes through.

`accounts` makes and removes the accounts on the server, `accountfile` is how they reach the machine
that calls. There: `command` is told what to do, `operation` does it step by step, `site` is the
server over HTTP, `person` one account signed in, `call` two of them in a call; `observation` reads
/metrics, `outcome` judges, `report` prints. Packets are relay.load's.
"""
