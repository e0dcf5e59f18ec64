"""Which parts an animal has, and which make its head."""

CATEGORIES = ("bird", "cat", "cow", "dog", "horse", "sheep")

# The masks of these make the landmark `head`, as in the authors' code.
HEAD = (
    "head",
    "leye",
    "reye",
    "lear",
    "rear",
    "nose",
    "muzzle",
    "beak",
    "lhorn",
    "rhorn",
)
# The first three are those that the paper measures.
LANDMARKS = (
    "head",
    "neck",
    "torso",
    *HEAD[1:],
    "lwing",
    "rwing",
    "lleg",
    "rleg",
    "lfoot",
    "rfoot",
    "lfleg",
    "rfleg",
    "lbleg",
    "rbleg",
    "lfpa",
    "rfpa",
    "lbpa",
    "rbpa",
    "lfuleg",
    "rfuleg",
    "lbuleg",
    "rbuleg",
    "lflleg",
    "rflleg",
    "lblleg",
    "rblleg",
    "lfho",
    "rfho",
    "lbho",
    "rbho",
    "tail",
)
