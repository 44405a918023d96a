/// The console's files.
enum ConsolePage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Engram</title>
          <link rel="stylesheet" href="/console/console.css">
          <link rel="icon" href="data:,">
        </head>
        <body>
          <header><h1>Engram</h1><button id="sign-out" type="button" hidden>Sign out</button></header>
          <main>
            <form id="sign-in" hidden>
              <h2>Sign in</h2>
              <p>Paste an access key. The first start wrote one to <code>owner.key</code> in the data directory.</p>
              <label>Key <input id="key" type="password" autocomplete="off" required></label>
              <button type="submit">Sign in</button>
              <p id="sign-in-error" role="alert"></p>
            </form>
            <div id="desk" hidden>
              <form id="new-memory">
                <h2>New memory</h2>
                <label>Title <input id="title" maxlength="500"></label>
                <label>Content <textarea id="content" rows="5" required></textarea></label>
                <button id="save" type="submit">Save memory</button>
                <p id="save-error" role="alert"></p>
              </form>
              <section id="card" aria-live="polite" hidden>
                <div class="row"><strong id="card-title"></strong><span id="card-percent"></span></div>
                <progress id="card-bar" max="100" value="0" aria-label="Progress"></progress>
                <p id="card-message"></p>
                <p id="card-note" role="status"></p>
                <ol id="card-stages"></ol>
                <button id="card-cancel" type="button">Cancel</button>
              </section>
              <section>
                <h2>Latest tasks</h2>
                <table>
                  <thead><tr><th>Accepted</th><th>Status</th><th>Stage</th><th>Took</th></tr></thead>
                  <tbody id="tasks"></tbody>
                </table>
                <p id="tasks-empty" hidden>Nothing yet. Save a memory above, or run <code>engram ingest FILE</code>.</p>
              </section>
            </div>
          </main>
          <script type="module" src="/console/console.js"></script>
        </body>
        </html>
        """

    static let script = """
        import { TaskWatch } from "/console/task-watch.js";

        const api = "/api/v1";
        const find = (id) => document.getElementById(id);
        let watch = null;

        async function call(method, path, body, signal) {
          const response = await fetch(api + path, {
            method,
            signal,
            headers: body ? { "Content-Type": "application/json" } : {},
            body: body ? JSON.stringify(body) : undefined,
          });
          if (response.status === 401) showSignIn();
          if (!response.ok) {
            const problem = await response.json().catch(() => ({}));
            const error = new Error(problem.detail || `The server answered ${response.status}.`);
            error.status = response.status;
            throw error;
          }
          return response.status === 204 ? null : response.json();
        }

        function showSignIn() {
          find("desk").hidden = true;
          find("sign-out").hidden = true;
          find("sign-in").hidden = false;
          find("key").focus();
        }

        async function showDesk() {
          await refreshTasks();
          find("sign-in").hidden = true;
          find("desk").hidden = false;
          find("sign-out").hidden = false;
        }

        function cell(row, text) {
          const element = document.createElement("td");
          element.textContent = text;
          row.append(element);
        }

        async function refreshTasks() {
          const tasks = await call("GET", "/tasks/recent?limit=20");
          find("tasks").replaceChildren(...tasks.map((task) => {
            const row = document.createElement("tr");
            row.className = task.status.toLowerCase();
            cell(row, new Date(task.created_at).toLocaleTimeString());
            cell(row, task.status);
            cell(row, task.error || task.message);
            cell(row, task.duration);
            return row;
          }));
          find("tasks-empty").hidden = tasks.length > 0;
        }

        function showState(state) {
          find("card-percent").textContent = `${state.progress} %`;
          find("card-bar").value = state.progress;
          find("card-message").textContent = state.error || state.message;
          const last = find("card-stages").lastElementChild;
          if (last && last.dataset.stage === state.stage) {
            last.textContent = state.message;
          } else {
            const stage = document.createElement("li");
            stage.dataset.stage = state.stage;
            stage.textContent = state.message;
            find("card-stages").append(stage);
          }
        }

        function receipt(result) {
          const parts = [
            `${result.entities_created + result.entities_merged} entities, ${result.entities_created} of them new`,
            `${result.relationships_created} new relationships`,
            `${result.communities_touched} communities`,
          ];
          return result.warning || parts.join(", ");
        }

        function follow(memory) {
          watch?.close();
          find("card").hidden = false;
          find("card-title").textContent = memory.title || "Untitled memory";
          find("card-note").textContent = "";
          find("card-stages").replaceChildren();
          find("card-cancel").hidden = false;
          find("card-cancel").onclick = () => call("POST", `/tasks/${memory.task_id}/cancel`).catch((error) => {
            find("card-message").textContent = error.message;
          });
          const over = () => {
            find("card-cancel").hidden = true;
            find("save").disabled = false;
          };
          watch = new TaskWatch(memory.stream_url, (signal) => call("GET", `/tasks/${memory.task_id}`, undefined, signal), {
            state: showState,
            note: (text) => { find("card-note").textContent = text; },
            end: (task) => {
              showState(task);
              if (task.status === "Completed") find("card-message").textContent = receipt(task.result);
              over();
              refreshTasks();
            },
            refused: (error) => {
              find("card-message").textContent = `The memory is stored, but its progress can't be shown: ${error.message}`;
              over();
            },
          });
        }

        find("new-memory").addEventListener("submit", async (event) => {
          event.preventDefault();
          find("save-error").textContent = "";
          find("save").disabled = true;
          try {
            const memory = await call("POST", "/memories/", {
              project_id: "default",
              title: find("title").value || null,
              content: find("content").value,
            });
            find("new-memory").reset();
            follow(memory);
          } catch (error) {
            find("save-error").textContent = error.message;
            find("save").disabled = false;
          }
        });

        find("sign-in").addEventListener("submit", async (event) => {
          event.preventDefault();
          find("sign-in-error").textContent = "";
          try {
            await call("POST", "/auth/session", { key: find("key").value.trim() });
            find("key").value = "";
            await showDesk();
          } catch (error) {
            find("sign-in-error").textContent = error.message;
          }
        });

        find("sign-out").addEventListener("click", async () => {
          watch?.close();
          await call("DELETE", "/auth/session");
          showSignIn();
        });

        async function begin() {
          const code = new URLSearchParams(location.hash.slice(1)).get("code");
          if (code) {
            history.replaceState(null, "", location.pathname);
            await call("POST", "/auth/session", { code }).catch((error) => {
              find("sign-in-error").textContent = error.message;
            });
          }
          await showDesk().catch(showSignIn);
        }

        begin();
        """

    static let styles = """
        :root { color-scheme: light dark; --line: light-dark(#d5d8de, #3a3f4a); --accent: light-dark(#2456c8, #8fb2ff); --bad: light-dark(#b3261e, #ffb4ab); }
        * { box-sizing: border-box; }
        body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
        header { display: flex; justify-content: space-between; align-items: center; padding: .75rem 1.5rem; border-bottom: 1px solid var(--line); }
        h1 { font-size: 1.25rem; margin: 0; }
        h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
        main { max-width: 46rem; margin: 1.5rem auto; padding: 0 1.5rem; }
        form, section { margin-bottom: 1.5rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .6rem; }
        label { display: block; margin-bottom: .75rem; }
        input, textarea { display: block; width: 100%; margin-top: .25rem; padding: .5rem; font: inherit; border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; }
        button { padding: .45rem 1rem; font: inherit; border: 1px solid var(--accent); border-radius: .4rem; background: transparent; color: var(--accent); cursor: pointer; }
        button:disabled { opacity: .5; cursor: default; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        [role=alert] { color: var(--bad); margin: .5rem 0 0; }
        [role=alert]:empty { display: none; }
        [role=status] { color: var(--accent); margin: .5rem 0; }
        [role=status]:empty { display: none; }
        .row { display: flex; justify-content: space-between; gap: 1rem; }
        progress { width: 100%; height: .75rem; accent-color: var(--accent); }
        table { width: 100%; border-collapse: collapse; font-size: .9rem; }
        th, td { text-align: left; padding: .3rem .5rem .3rem 0; border-bottom: 1px solid var(--line); }
        tr.failed td:nth-child(2) { color: var(--bad); }
        """
}
