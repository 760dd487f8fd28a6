"""What `percept serve MODEL` does, with FastAPI, Pillow and NumPy.

usage: MODEL=faces.safetensors uvicorn --app-dir peers serve:app --workers 2
"""

import io
import math
import os

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from predict import features, read
from starlette.concurrency import run_in_threadpool

tensors, facts = read(os.environ["MODEL"])
weights, bias = tensors["layers.0.weight"][0], float(tensors["layers.0.bias"][0])
size = facts["preprocessing"]["width"], facts["preprocessing"]["height"]
names = facts["classNames"]
app = FastAPI()


def judged(picture: bytes) -> dict:
    probability = 1 / (1 + math.exp(-float(weights @ features(io.BytesIO(picture), *size) + bias)))
    probabilities = [1 - probability, probability]
    label = int(probability > 0.5)
    return {
        "class": names[label],
        "probabilities": dict(zip(names, probabilities, strict=True)),
        "probability": probabilities[label],
    }


@app.post("/predict")
async def predict(request: Request) -> JSONResponse:
    # THREADS=1 keeps the loop free as a careful service would; without it small pictures are answered faster.
    picture = await request.body()
    if os.environ.get("THREADS") == "1":
        return JSONResponse(await run_in_threadpool(judged, picture))
    return JSONResponse(judged(picture))
