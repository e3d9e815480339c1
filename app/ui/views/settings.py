"""The settings page: the parts in use, the settings and their sources, and the health checks."""

from collections.abc import Callable, Sequence
from importlib.metadata import version

import streamlit as st

from app.overview.health import checks
from app.overview.inventory import Row, probe_rows, store_rows, task_rows
from app.overview.models import ListedModel, list_models
from app.overview.settings import setting_rows
from app.runtime import Runtime
from app.ui.parts.words import plain
from app.ui.shared import page_data, page_runtime
from indexer.errors import ReelfindError
from indexer.settings import SETTINGS_FILE, load_settings


def main() -> None:
    """Draw the page."""
    runtime = page_runtime()
    st.title("Settings", anchor=False)
    st.caption(
        f"Reelfind {version('reelfind')}, data directory {plain(str(runtime.catalogue.path))}. "
        "Nothing is changed here: settings are read when the server starts. "
        f"Write them into {SETTINGS_FILE} in the data directory, or into the environment, and "
        "start the server again."
    )
    _health(runtime)
    settings = runtime.settings
    st.subheader("Models", anchor=False)
    st.markdown(
        f"Profile **{plain(settings.profile)}**. Vectors of two profiles never mix: another one "
        "needs a data directory of its own."
    )
    _table(lambda: [_model_row(each) for each in list_models(settings)])
    _store(runtime)
    _encoder(runtime)
    st.subheader("Probes in use", anchor=False)
    _table(
        lambda: probe_rows(runtime),
        "None: all scores are zero-shot. `reelfind probes train` makes probes of labels, "
        "`reelfind probes use` has them score.",
    )
    st.subheader("Tasks", anchor=False)
    _table(lambda: task_rows(runtime.tasks))
    _every_setting(runtime)


def _model_row(model: ListedModel) -> Row:
    return {
        "For": model.use,
        "Model": model.name,
        "Version": model.version,
        "Width": str(model.width or ""),
        "Licence": model.licence,
        "Size": model.size,
        "Weights from": model.origin,
        "State": model.fault or "ready",
    }


def _health(runtime: Runtime) -> None:
    st.subheader("Health", anchor=False)
    with st.container(gap="xsmall"):
        for check in checks(runtime):
            icon = ":green[:material/check_circle:]" if check.well else ":red[:material/error:]"
            said = f"{icon} **{check.name}**: {plain(check.told)}"
            st.markdown(said if check.well else f"{said} {plain(check.next_step)}")


def _store(runtime: Runtime) -> None:
    settings = runtime.settings
    st.subheader("Store", anchor=False)
    engine = "Qdrant server" if settings.qdrant_url else "Qdrant Edge, embedded in this process"
    where = "on disk" if settings.store.on_disk else "in memory"
    st.markdown(
        f"{engine}; vectors {where}, quantization {settings.store.quantization}. "
        "Both are chosen when a collection is made."
    )
    _table(lambda: store_rows(runtime), "No collections yet: nothing is indexed.")


def _encoder(runtime: Runtime) -> None:
    st.subheader("Encoder", anchor=False)
    current = runtime.catalogue.current_encoder
    if current is None:
        st.markdown("None yet: it is fitted when the first films are indexed.")
        return
    st.markdown(
        f"Checkpoint `{current}`. `reelfind encoder use` takes another; search stays up meanwhile."
    )


def _every_setting(runtime: Runtime) -> None:
    st.subheader("Every setting", anchor=False)
    data = page_data()
    settings = runtime.settings
    try:
        # The pages do not have these two sections, which hold keys.
        own = load_settings(data)
        settings = settings.model_copy(update={"server": own.server, "api": own.api})
    except ReelfindError as error:
        st.warning(plain(str(error)), icon=":material/warning:")
    rows = setting_rows(data, settings)
    changed = st.toggle("Only what is not as shipped", key="changed", bind="query-params")
    shown = [row for row in rows if not changed or row.source != "default"]
    if not shown:
        st.caption("Everything is as shipped.")
        return
    st.dataframe(
        [
            {
                "Setting": row.name,
                "Value": row.value,
                "From": row.source,
                f"In {SETTINGS_FILE}": row.line,
                "In the environment": row.variable,
            }
            for row in shown
        ],
        hide_index=True,
        alt="Every setting with its value, where it comes from, and what sets it.",
    )


def _table(rows: Callable[[], Sequence[Row]], empty: str = "") -> None:
    """Draw a table, a note if it is empty, or the error."""
    try:
        found = rows()
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if found:
        st.dataframe(found, hide_index=True, width="content")
    else:
        st.markdown(empty)


main()
