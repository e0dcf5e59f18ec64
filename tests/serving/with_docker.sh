#!/bin/sh
# sh tests/serving/with_docker.sh RUN IMAGE: serves a run by TensorFlow
# Serving's own image and asks it. It needs Docker, and is not part of CI.
set -eu
run=$1
image=$2
folder=$(mktemp -d)
stop() {
    docker compose --project-directory "$folder" down --timeout 5 || true
    rm -rf "$folder"
}
trap stop EXIT
tf-explainer serving-config "$run" --out "$folder" --name animals
docker compose --project-directory "$folder" up --detach --wait
sh "$folder/ask.sh" "$image"
python "$folder/ask.py" "$image"
python - "$image" <<'PYTHON'
import sys

import numpy as np

from tf_explainer.serving import Client

image = sys.argv[1:]
told = [
    Client(address, "animals").explain(image)[0]["part_contributions"]
    for address in ("http://127.0.0.1:8501", "grpc://127.0.0.1:8500")
]
np.testing.assert_allclose(*told, rtol=1e-3, atol=1e-5)
print("REST and gRPC tell the same")
PYTHON
curl --fail --silent http://127.0.0.1:8501/monitoring/prometheus/metrics |
    grep -m 1 request_count
