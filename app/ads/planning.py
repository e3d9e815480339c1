"""Answers ad briefs: a search finds clips, then their whole titles are analysed."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.ads.answers import TitleFit, describe_break
from app.ads.breaks import total, weigh_places
from app.ads.fit import explain_clip, fit_clips
from app.ads.pacing import Candidate, choose
from app.ads.records import AdBreak, AdBrief, AdCandidates, AdClip, Pacing
from app.ads.targeting import Targeting, read_brief, read_pacing
from app.records import Hit
from app.runtime import Runtime
from app.search.request import RequestError, SearchRequest
from probes.tasks import AD_RELEVANCY

TITLES = 40
"""Titles that are analysed for one brief: those whose clips suit it best."""
PAGES = 3
"""Pages of 200 clips per search by text: all clips that the routes return."""


class BriefError(RequestError):
    """An invalid brief; ``place`` is its index in the batch, from 0."""

    def __init__(self, place: int, error: RequestError) -> None:
        super().__init__(error.field, str(error).removeprefix(f"{error.field}: "))
        self.place = place


@dataclass(frozen=True, eq=False)
class _Found:
    """The clips found for a brief, and scores (0..1) of those found by its text."""

    hits: Mapping[str, Hit]
    texts: Mapping[str, float]


class AdPlanner:
    """Answers briefs about one catalogue; shared work is done once.

    Make a planner for each request, since it caches its results.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._searched: dict[str, tuple[list[Hit], str | None]] = {}

    def answer(self, briefs: Sequence[AdBrief]) -> list[AdCandidates]:
        """Return the answers in the order of the briefs.

        Raises:
            BriefError: a brief names something unknown; then nothing is searched.
            ReelfindError: no search is possible.
        """
        wishes = [self._read(place, brief) for place, brief in enumerate(briefs)]
        return [self._answer(brief, *own) for brief, own in zip(briefs, wishes, strict=True)]

    def _read(self, place: int, brief: AdBrief) -> tuple[Targeting, Pacing]:
        try:
            pacing = read_pacing(brief, self._runtime.settings.ads)
            return read_brief(brief, self._runtime.tasks), pacing
        except RequestError as error:
            raise BriefError(place, error) from error

    def _answer(self, brief: AdBrief, target: Targeting, pacing: Pacing) -> AdCandidates:
        began = time.perf_counter()
        found = self._find(target)
        titles = {
            each.timeline.manifest.title.title_id: each
            for each in self._look(brief, pacing, target, found)
        }
        return AdCandidates(
            brief=brief,
            pacing=pacing,
            clips=self._clips(brief, target, found, titles),
            breaks=self._breaks(brief, pacing, target, titles),
            titles=len(titles),
            left_out=total([each.places.left_out for each in titles.values()]),
            took_ms=round((time.perf_counter() - began) * 1000, 1),
        )

    def _find(self, target: Targeting) -> _Found:
        """Ask the planner for clips by text, by categories, by tones and by worth."""
        hits: dict[str, Hit] = {}
        texts: dict[str, float] = {}
        if target.text:
            request = target.filters.model_copy(update={"q": target.text, "order": "relevance"})
            found = list(self._search(request, PAGES))
            # Fused scores are comparable within one search only: its best counts as 1.
            best = max((hit.score for hit in found), default=1.0)
            hits = {hit.id: hit for hit in found}
            texts = {hit.id: hit.score / best for hit in found}
        for more in (
            {"ad_category": list(target.categories)},
            {"tone": list(target.tones)},
            {},
        ):
            if all(more.values()):
                for hit in self._search(target.filters.model_copy(update=more), 1):
                    hits.setdefault(hit.id, hit)
        return _Found(hits, texts)

    def _search(self, request: SearchRequest, pages: int) -> Iterator[Hit]:
        asked: SearchRequest | None = request
        for _ in range(pages):
            if asked is None:
                return
            key = asked.model_dump_json()
            if key not in self._searched:
                answer = self._runtime.search(asked)
                self._searched[key] = answer.hits, answer.next_cursor
            hits, cursor = self._searched[key]
            yield from hits
            asked = asked.model_copy(update={"cursor": cursor}) if cursor else None

    def _look(
        self, brief: AdBrief, pacing: Pacing, target: Targeting, found: _Found
    ) -> Iterator[TitleFit]:
        """Analyse the titles of the best clips."""
        best: dict[tuple[str, str], float] = {}
        for hit in found.hits.values():
            sought = {*target.classes} & {*hit.ad_categories, *hit.tones}
            score = found.texts.get(hit.id, 0.0) + len(sought) + hit.clip_worthiness / 1000
            title = hit.title, hit.title_id
            best[title] = max(score, best.get(title, 0.0))
        for _, title_id in sorted(best, key=lambda title: (-best[title], title))[:TITLES]:
            timeline = self._runtime.timelines.of(self._runtime.title(title_id))
            fit = fit_clips(timeline, target, found.texts)
            yield TitleFit(timeline, fit, weigh_places(timeline, fit, brief.rolls, pacing, target))

    def _clips(
        self, brief: AdBrief, target: Targeting, found: _Found, titles: Mapping[str, TitleFit]
    ) -> list[AdClip]:
        suited = []
        for title_id, each in titles.items():
            for clip, identity in enumerate(each.timeline.clip_ids):
                if identity in found.hits and not each.fit.never[clip]:
                    score = round(float(each.fit.score[clip]), 4)
                    hit = found.hits[identity]
                    suited.append((-score, hit.title, title_id, clip, hit))
        return [
            AdClip(
                score=-score,
                reasons=explain_clip(titles[title_id].timeline, clip, titles[title_id].fit, target),
                clip=hit,
            )
            for score, _, title_id, clip, hit in sorted(suited, key=lambda each: each[:4])[
                : brief.clips
            ]
        ]

    def _breaks(
        self, brief: AdBrief, pacing: Pacing, target: Targeting, titles: Mapping[str, TitleFit]
    ) -> list[AdBreak]:
        candidates = []
        for title_id, each in titles.items():
            name = each.timeline.manifest.title.metadata.name
            for place in each.places.allowed.nonzero()[0].tolist():
                rank = -round(float(each.places.score[place]), 4)
                frame = int(each.timeline.frames[place])
                candidates.append(Candidate(rank, (name, title_id), frame, place))
        rates = {key: each.timeline.manifest.title.media.fps for key, each in titles.items()}
        task, settings = self._runtime.tasks[AD_RELEVANCY], self._runtime.settings
        least, api_path = settings.ads.least_confidence, settings.server.api_path
        return [
            describe_break(titles[each.title[1]], each, target, task, least, api_path)
            for each in choose(candidates, brief.limit, pacing, rates)
        ]
