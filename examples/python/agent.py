"""The gate in Python, without a framework; a scripted model asks for the same refunds as in the other examples."""

import os
import sys
import time
from pathlib import Path

# #region gate
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib/client/python"))
from holdpoint_client import Holdpoint, Refused  # noqa: E402
# #endregion

agent = os.environ.get("HOLDPOINT_AGENT", "refund-desk")
run_id = os.environ.get("HOLDPOINT_RUN", f"refunds-{int(time.time())}")
ledger = Path(os.environ.get("HOLDPOINT_LEDGER", ".data/refunds.txt"))
calls = [{"order_id": f"ORD-{1001 + i}", "amount": amount} for i, amount in enumerate([129, 2400, 1300, 1800])]


def refund(params, *_):
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a") as file:
        file.write(f"{run_id} {params['order_id']} {params['amount']}\n")
    return f"Refunded {params['amount']} for {params['order_id']}."


def say(event):
    if event["type"] == "held":
        print(f"parked: decide on the Approvals page. Ended meanwhile, it goes on with HOLDPOINT_RUN={run_id}", flush=True)


try:
    # #region gate
    run = Holdpoint(on_event=say).run(agent=agent, id=run_id)
    # #endregion
    answers = []
    for number, params in enumerate(calls, 1):
        # #region gate
        outcome = run.gate("process_refund", params, refund, call_id=f"call_refund{number}")
        answers.append(" ".join(filter(None, [outcome.message, outcome.output])))
        # #endregion
    print(" | ".join(answers))
    # #region gate
    run.complete()
    # #endregion
except Refused as refused:
    print(f"refused: {refused}")
    sys.exit(3)
