"""Checks a running server with third-party clients: reads its metrics with Prometheus's parser and requests predictions with
Triton's client. The server must serve one model of Fashion-MNIST, named "fashion".

usage: python3 check_service.py PORT
needs: prometheus_client and tritonclient[http] from PyPI.
"""
import json
import sys
import urllib.request

import numpy as np
import tritonclient.http as triton
from prometheus_client.parser import text_string_to_metric_families

from hooks import png


def get(port, path, data=None):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", data)) as response:
        return response.headers["Content-Type"], response.read()


def predictions(families):
    return sum(sample.value for sample in families["percept_predictions"].samples)


def metrics(port):
    """Returns the metric families by name. Checks their format and that histogram buckets are cumulative."""
    kind, text = get(port, "/metrics")
    assert kind == "text/plain; version=0.0.4; charset=utf-8", kind
    families = {family.name: family for family in text_string_to_metric_families(text.decode())}
    assert families, "no metrics"
    for name, family in families.items():
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), name
        if family.type == "histogram":
            last = {}
            for sample in family.samples:
                labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
                if sample.name.endswith("_bucket"):
                    assert sample.value >= last.get(labels, 0), sample
                    last[labels] = sample.value
                elif sample.name.endswith("_count"):
                    assert sample.value == last[labels], sample
    return families


def ask(client, values, datatype, in_binary, out_binary):
    tensor = triton.InferInput("picture", list(values.shape), datatype)
    tensor.set_data_from_numpy(values, binary_data=in_binary)
    names = ("probabilities", "class", "probability")
    outputs = [triton.InferRequestedOutput(name, binary_data=out_binary) for name in names]
    result = client.infer("fashion", [tensor], outputs=outputs, request_id="42")
    assert result.get_response()["id"] == "42"
    classes = [name if isinstance(name, str) else name.decode() for name in result.as_numpy("class")]
    return classes, result.as_numpy("probability"), result.as_numpy("probabilities")


def same(answer, expected):
    """Checks that a response is equal to the expected predictions to the last bit."""
    classes, probability, probabilities = answer
    assert classes == [one["class"] for one in expected], classes
    assert probability.tolist() == [one["probability"] for one in expected]
    assert probabilities.tolist() == [list(one["probabilities"][name] for name in NAMES) for one in expected]


def main(port):
    global NAMES
    client = triton.InferenceServerClient(f"127.0.0.1:{port}")
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("fashion")
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    model = client.get_model_metadata("fashion")
    NAMES = model["parameters"]["classes"]
    before = predictions(metrics(port))
    files = [png(28, 28), png(5, 40), png(300, 200)]
    expected = [json.loads(get(port, "/predict", file)[1]) for file in files]
    pixels = np.array([(7 * x * y) % 256 for y in range(28) for x in range(28)], np.uint8).reshape(1, 28, 28, 1)
    images = 3
    for in_binary in (True, False):
        for out_binary in (True, False):
            if in_binary:  # in JSON, this client would send the images as text
                same(ask(client, np.array(files, dtype=object), "BYTES", in_binary, out_binary), expected)
                images += 3
            same(ask(client, pixels, "UINT8", in_binary, out_binary), expected[:1])
            same(ask(client, pixels.astype(np.float32) / 255, "FP32", in_binary, out_binary), expected[:1])
            images += 2
    assert predictions(metrics(port)) - before == images
    print(f"service: {images} predictions of Triton's client are equal to the last bit; Prometheus's parser reads the metrics")


if __name__ == "__main__":
    main(sys.argv[1])
