"""What both services do alike while they serve: number, count, time and write down requests, and stop without loss.

    drain = Drain()
    app.add_middleware(Requests, meter=Meter(registry), drain=drain, refused=…, clock=time.perf_counter)
    logs.configure("json")
    serve(app, host="127.0.0.1", port=8000, drain=drain)     # until SIGTERM; what was begun is answered

It knows nothing of certificates: what is counted beside requests is each service's own (`issuer.measured`,
`verifier.measured`). Nothing of a request but its method, the template of its route and its number is written down or
counted (docs/adr/0042).
"""
