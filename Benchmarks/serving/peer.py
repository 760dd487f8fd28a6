"""The service of `percept serve MODEL`, implemented with FastAPI, Pillow and NumPy.

usage: MODEL=faces.safetensors uvicorn --app-dir serving peer:app --workers 2
"""

import io
import math
import os
import sys
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
from predict import features, read  # noqa: E402
from starlette.concurrency import run_in_threadpool

tensors, facts = read(os.environ["MODEL"])
weights, bias = tensors["layers.0.weight"][0], float(tensors["layers.0.bias"][0])
size = facts["preprocessing"]["width"], facts["preprocessing"]["height"]
names = facts["classNames"]
app = FastAPI()


def classify(image: bytes) -> dict:
    probability = 1 / (1 + math.exp(-float(weights @ features(io.BytesIO(image), *size) + bias)))
    probabilities = [1 - probability, probability]
    label = int(probability > 0.5)
    return {
        "class": names[label],
        "probabilities": dict(zip(names, probabilities, strict=True)),
        "probability": probabilities[label],
    }


@app.post("/predict")
async def predict(request: Request) -> JSONResponse:
    # Classify on the event loop. For images this small, a thread pool takes 1.5 times as long (THREADS=1 uses one).
    image = await request.body()
    if os.environ.get("THREADS") == "1":
        return JSONResponse(await run_in_threadpool(classify, image))
    return JSONResponse(classify(image))
