"""What can be wrong with long work."""

from shared.errors import Conflict, NotFound


class JobUnknown(NotFound):
    """There is no such job, or it is not yours."""

    code = "job.unknown"


class JobOver(Conflict):
    """This job has ended already."""

    code = "job.over"


class JobUnfinished(Conflict):
    """This job has brought nothing yet, or nothing at all: see its state."""

    code = "job.unfinished"


class TooManyJobs(Conflict):
    """You have as many jobs under way as one can have: wait for one, or cancel one."""

    code = "job.too_many"
