"""Logistic regression by stochastic gradient descent, on data generated from a seed."""

import math
import operator
import random

FEATURES = 20
TEST_SIZE = 500
SHARD_SIZE = 400
LABEL_NOISE = 0.05
RATE = 0.005


def make_samples(rng, truth, scale, size, noise):
    """Pairs (inputs, label); the last input is always 1 and carries the bias."""
    samples = []
    for _ in range(size):
        inputs = [rng.gauss(0, deviation) for deviation in scale] + [1.0]
        label = dot(truth, inputs) > 0
        samples.append((inputs, float(label ^ (rng.random() < noise))))
    return samples


def make_world(seed):
    """The true model, which no peer sees, and the test set, which all peers share."""
    rng = random.Random(seed)
    truth = make_weights(rng)
    return truth, make_samples(rng, truth, [1.0] * FEATURES, TEST_SIZE, 0)


def make_shard(truth, rng):
    """The training data of one peer: noisy labels, and inputs of different scales."""
    scale = [rng.uniform(0.2, 1) for _ in range(FEATURES)]
    return make_samples(rng, truth, scale, SHARD_SIZE, LABEL_NOISE)


def make_weights(rng):
    return [rng.gauss(0, 1) for _ in range(FEATURES + 1)]


def dot(left, right):
    return sum(map(operator.mul, left, right))


def predict(weights, inputs):
    score = max(-30.0, min(30.0, dot(weights, inputs)))
    return 1 / (1 + math.exp(-score))


def train(weights, samples, rng):
    """One pass over the samples in random order; returns the new weights."""
    for inputs, label in rng.sample(samples, len(samples)):
        step = RATE * (label - predict(weights, inputs))
        weights = [weight + step * value for weight, value in zip(weights, inputs)]
    return weights


def evaluate(weights, samples):
    """Mean cross entropy and the share of right answers."""
    loss = hits = 0
    for inputs, label in samples:
        guess = predict(weights, inputs)
        loss -= math.log(guess if label else 1 - guess)
        hits += (guess > 0.5) == label
    return loss / len(samples), hits / len(samples)


def average(models):
    """Federated averaging: the mean of each weight."""
    return [sum(column) / len(models) for column in zip(*models)]
