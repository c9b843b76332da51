"""Asks GitHub how many stars a repository has: needs the host api.github.com and the secret GITHUB_TOKEN."""

from signalbox import http


async def main(owner: str, name: str):
    headers = {"authorization": f"Bearer {secrets['GITHUB_TOKEN']}", "accept": "application/vnd.github+json"}
    response = await http.get(f"https://api.github.com/repos/{owner}/{name}", headers=headers)
    return {"stars": response.raise_for_status().json()["stargazers_count"]}
