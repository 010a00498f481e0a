"""What a token costs to make: hardware, load and latency joined with money."""

FORMULAS = {
    "ownership": 170,
    "throughput": 180,
    "parallel": 185,
    "latency": 190,
    "batches": 200,
    "token_costs": 210,
    "fleet": 220,
    "training": 230,
}
ALSO = {
    "operating_point": "operation",
    "ServedModel": "replica",
    "Replica": "replica",
    "Request": "replica",
    "Speculation": "replica",
    "ExpertParallel": "replica",
    "read_measurements": "measurements",
    "Measurement": "measurements",
    "calibrate": "calibration",
    "predicted_throughput": "calibration",
}
