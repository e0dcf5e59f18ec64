"""`python -m tf_explainer`, the same as `tf-explainer`."""

import sys

from tf_explainer.cli.app import main

sys.exit(main())
