"""What the pool refuses about sample audits before later instalments."""

from __future__ import annotations

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class SampleNothingError(PoolError):
    """Nothing can be drawn: no rule, no claim with a later instalment open, or a sample that is open already."""

    code = "POOL.SAMPLE.NOTHING"

    def __init__(self, *, bank: Text, scheme: str) -> None:
        super().__init__(
            Text(
                "%(bank)s在方案%(scheme)s下没有可抽样的补偿：方案未规定抽样、没有待付后期补偿，或已有一次抽样未办结。",
                "There is nothing to draw of %(bank)s under %(scheme)s: the scheme asks for no sample, no later "
                "instalment is open, or a sample is open already.",
            ).with_values(bank=bank, scheme=scheme),
            Text("先办结已有的抽样。", "Close the sample that is open first."),
            scheme=scheme,
        )


class SampleErrorAmountError(PoolError):
    """An error found in a claim is at least nothing and at most what was paid on it, and says what was found."""

    code = "POOL.SAMPLE.ERROR_AMOUNT"

    def __init__(self, *, claim: str, error_fen: int, paid_fen: int) -> None:
        super().__init__(
            Text(
                "%(claim)s的差错%(error)s元不成立：应在0至已付%(paid)s元之间，并写明发现。",
                "An error of CNY %(error)s in %(claim)s cannot be: it lies between 0 and the CNY %(paid)s paid, and "
                "says what was found.",
            ).with_values(claim=claim, error=yuan_text(error_fen), paid=yuan_text(paid_fen)),
            Text("核对金额，写明审计发现。", "Check the amount and write the finding."),
            claim=claim,
            error_fen=error_fen,
        )


class SampleUnfinishedError(PoolError):
    """A sample cannot be closed: a claim in it has no finding yet, or there is no conclusion."""

    code = "POOL.SAMPLE.UNFINISHED"

    def __init__(self, *, open_count: int) -> None:
        super().__init__(
            Text(
                "抽样还不能办结：%(n)s件没有审计发现，结论须写明。",
                "The sample cannot be closed yet: claims without a finding: %(n)s; a conclusion is needed.",
            ).with_values(n=open_count),
            Text("逐件登记发现，写明结论。", "Enter a finding for each claim, and the conclusion."),
            open_count=open_count,
        )


class SampleHandsError(PoolError):
    """A sample is closed by another person than who drew it."""

    code = "POOL.SAMPLE.SAME_HANDS"

    def __init__(self) -> None:
        super().__init__(
            Text("抽样须由另一人办结。", "A sample is closed by another person than who drew it."),
            Text("请同事办结。", "Ask a colleague to close it."),
        )


class SampleNotFoundError(PoolError):
    """There is no such sample, it is closed, or it is not the actor's to see."""

    code = "POOL.SAMPLE.NOT_FOUND"

    def __init__(self, *, sample: int) -> None:
        super().__init__(
            Text("没有抽样%(n)s，或已办结。", "There is no open sample %(n)s.").with_values(n=sample),
            Text("从抽样审计列表进入。", "Start from the list of samples."),
        )
