"""`python -m tf_explainer`, the same as `tf-explainer`."""

from tf_explainer.cli.main import main

main()
