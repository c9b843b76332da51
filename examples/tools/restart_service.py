"""Plays the restart of a service, step by step: it touches nothing, and shows what a tool that does looks like."""

import asyncio

import signalbox


async def main(service: str, reason: str):
    print(f"Restarting {service}, because {reason}")
    for done, step in enumerate(("draining", "stopping", "starting", "healthy"), start=1):
        print(f"{service} is {step}")
        await signalbox.progress(done * 25, step)
        await asyncio.sleep(0.1)
    return {"service": service, "state": "healthy"}
