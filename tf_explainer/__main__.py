"""`python -m tf_explainer`, the same as `tf-explainer`."""

import sys

from tf_explainer.cli.main import main

sys.exit(main())
