# SPDX-License-Identifier: Apache-2.0
"""A filled file to a ledger behind an address: read whole, signed here, judged there; nothing is sent unless all rows read.

The bureau needs its file, its keys and the address; the server learns nothing of rows that are not posted.
"""

from dataclasses import replace
from typing import Final

from api.forms.form_reading import FilledFile, FormReading
from api.forms.form_run import Result, Step, events_read, refused_after_all, unjudged
from api.import_session import Posted
from ledger.answer import Refused
from ledger.client import LedgerClient
from ledger.errors import InputError
from ledger.intake.batches import Envelope, submissions
from ledger.submission import Submission

_CONFLICT: Final = "submission-conflict"


def send(client: LedgerClient, found: FormReading, envelope: Envelope, step: Step) -> Result:
    """What became of a file that was read whole: posted batch by batch, or nothing of it for what is wrong in its rows.

    A file of up to `BATCH_EVENTS` rows is one submission and goes in whole or not at all. Of a larger one the batches
    accepted so far stay when a later one is refused.

    Raises:
        InputError: the ledger refuses the submission for something that is in no row.
        EnvironmentFault: no usable answer came.
    """
    result = unjudged(found)
    if found.error_count:
        return result
    posted = Posted(submissions=0, replayed=0, events=0, entries=0)
    for submission in submissions(events_read(found.file), envelope):
        outcome = client.submit(submission)
        if isinstance(outcome, Refused):
            if any(problem.code == _CONFLICT for problem in outcome.problems):
                raise _sent_before(found.file, submission)
            refused = refused_after_all(result, submission, outcome.problems, posted)
            return replace(refused, good=found.good)
        posted = replace(
            posted,
            submissions=posted.submissions + 1,
            replayed=posted.replayed + outcome.replayed,
            events=posted.events + len(submission.events),
            entries=outcome.seq + 1 + outcome.events,
        )
        step(posted.events, result.good)
    return replace(result, posted=posted)


def _sent_before(file: FilledFile, submission: Submission) -> InputError:
    """The id, made of the file's hash, is taken: by an earlier sending of the very same file."""
    header = submission.header
    return InputError(
        code="post.sent-before",
        place=file.name,
        message_en=f"this very file was posted before, as {header.party}/{header.id}; nothing was posted now",
        message_zh=f"同一文件此前已入账，编号 {header.party}/{header.id}；本次未登记任何内容",
        remedy_en="Look it up under that number. Rows that are to stand twice need another file, with other vouchers.",
        remedy_zh="请按该编号查询；确需再次登记的，请另制文件并注明不同凭证号。",
    )
