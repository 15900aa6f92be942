using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Provisioning.Hypervisors.Sandbox;

/// <summary>
/// Speaks LXD's REST API over plain HTTP, for the demo and the tests: instances that live in a file, slow and faulty on demand
/// (<c>GET</c> and <c>PUT /sandbox/knobs</c>). Listens on this machine only.
/// </summary>
public static class HypervisorSandbox
{
    private static readonly string[] Extensions = ["backup_override_name", "container_backup", "instance_get_full", "cloud_init"];

    /// <summary>Runs until stopped. <c>--urls http://localhost:PORT</c>, <c>--state FOLDER</c>.</summary>
    public static async Task<int> Run(string[] args)
    {
        var app = Build(args);
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the sandbox without starting it.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        if (builder.Environment.IsProduction() && builder.Configuration["urls"] is null)
            throw new InvalidOperationException("The sandbox needs --urls http://localhost:PORT.");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = null);
        var state = new SandboxState(builder.Configuration["state"] ?? Path.Combine("data", "hypervisor-sandbox"));
        var operations = new SandboxOperations();
        var life = new SandboxLife(state, operations);
        var app = builder.Build();
        app.Use(OnlyThisMachine);
        app.Use(Refusals);
        MapInstances(app, state, life);
        MapCopies(app, state, life);
        MapOperations(app, operations);
        app.MapGet("/sandbox/knobs", () => life.Knobs);
        app.MapPut("/sandbox/knobs", (Knobs knobs) => life.Knobs = knobs);
        app.MapPost("/sandbox/die", life.Die);
        return app;
    }

    private static void MapInstances(WebApplication app, SandboxState state, SandboxLife life)
    {
        app.MapGet("/1.0", () => Sync(new JsonObject
        {
            ["auth"] = "trusted",
            ["api_extensions"] = new JsonArray([.. Extensions.Select(one => (JsonNode)one)]),
            ["environment"] = new JsonObject { ["server"] = "lxd", ["server_version"] = "5.0.2 (sandbox)" },
        }));
        app.MapGet("/1.0/instances", () => Sync(new JsonArray([.. state.All().Select(one => (JsonNode)Describe(one, full: true))])));
        app.MapPost("/1.0/instances", async (HttpRequest request) =>
        {
            if (request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true) return Async(life.Create(await Body(request)));
            var file = state.NewFile();
            await using (var to = File.Create(file)) await request.Body.CopyToAsync(to);
            var head = new byte[2];
            await using (var from = File.OpenRead(file)) await from.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false);
            if (!SandboxArchive.IsGzip(head)) throw new SandboxRefusal(500, "Unsupported compression");
            return Async(life.Import(request.Headers["X-LXD-name"].ToString(), file));
        });
        app.MapGet("/1.0/instances/{name}", (string name, HttpResponse response) =>
        {
            var one = state.Find(name);
            response.Headers.ETag = SandboxLife.ETag(one);
            return Sync(Describe(one, full: false));
        });
        app.MapPut("/1.0/instances/{name}", async (string name, HttpRequest request) =>
            Async(life.Replace(name, await Body(request), request.Headers.IfMatch.FirstOrDefault())));
        app.MapPatch("/1.0/instances/{name}", async (string name, HttpRequest request) =>
        {
            life.Patch(name, await Body(request));
            return Sync(new JsonObject());
        });
        app.MapDelete("/1.0/instances/{name}", (string name) => Async(life.Delete(name)));
        app.MapGet("/1.0/instances/{name}/state", (string name) => Sync(State(state.Find(name))));
        app.MapPut("/1.0/instances/{name}/state", async (string name, HttpRequest request) =>
        {
            state.Find(name);
            return Async(life.SetState(name, await Body(request)));
        });
        app.MapGet("/1.0/instances/{name}/files", (string name, string path) => state.Find(name).Files.TryGetValue(path, out var text)
            ? Results.Text(text)
            : throw new SandboxRefusal(404, "File not found"));
        app.MapPost("/1.0/instances/{name}/files", async (string name, string path, HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var text = await reader.ReadToEndAsync();
            state.Change(name, one => one.Files[path] = text);
            return Sync(new JsonObject());
        });
    }

    private static void MapCopies(WebApplication app, SandboxState state, SandboxLife life)
    {
        app.MapGet("/1.0/instances/{name}/snapshots", (string name) =>
            Sync(new JsonArray([.. state.Find(name).Snapshots.Keys.Select(one => (JsonNode)new JsonObject { ["name"] = one })])));
        app.MapGet("/1.0/instances/{name}/snapshots/{snapshot}", (string name, string snapshot) => state.Find(name).Snapshots.ContainsKey(snapshot)
            ? Sync(new JsonObject { ["name"] = snapshot })
            : throw new SandboxRefusal(404, "Instance snapshot not found"));
        app.MapPost("/1.0/instances/{name}/snapshots", async (string name, HttpRequest request) =>
            Async(life.Snapshot(name, (string)(await Body(request))["name"]!)));
        app.MapDelete("/1.0/instances/{name}/snapshots/{snapshot}", (string name, string snapshot) => Async(life.Forget(name, "snapshot", snapshot)));
        app.MapGet("/1.0/instances/{name}/backups", (string name) =>
            Sync(new JsonArray([.. state.Find(name).Backups.Keys.Select(one => (JsonNode)new JsonObject { ["name"] = one })])));
        app.MapPost("/1.0/instances/{name}/backups", async (string name, HttpRequest request) =>
            Async(life.Backup(name, (string)(await Body(request))["name"]!)));
        app.MapDelete("/1.0/instances/{name}/backups/{backup}", (string name, string backup) => Async(life.Forget(name, "backup", backup)));
        app.MapGet("/1.0/instances/{name}/backups/{backup}/export", async (string name, string backup) =>
        {
            var one = state.Find(name);
            if (!one.Backups.TryGetValue(backup, out var file)) throw new SandboxRefusal(404, "Instance backup not found");
            if (file.Length > 0) return Results.File(state.FileOf(file), "application/octet-stream", enableRangeProcessing: true);
            // still written: LXD sends what is there, with a length that fits
            var half = state.NewFile();
            await SandboxArchive.Write(one, half);
            var bytes = await File.ReadAllBytesAsync(half);
            File.Delete(half);
            return Results.Bytes(bytes[..(bytes.Length / 2)], "application/octet-stream");
        });
    }

    private static void MapOperations(WebApplication app, SandboxOperations operations)
    {
        app.MapGet("/1.0/operations", () =>
            Sync(new JsonObject { ["running"] = new JsonArray([.. operations.Running.Select(one => (JsonNode)one.Describe())]) }));
        app.MapGet("/1.0/operations/{id}", (string id) => Sync(Known(operations, id).Describe()));
        app.MapGet("/1.0/operations/{id}/wait", async (string id, int? timeout, HttpContext context) =>
        {
            var operation = Known(operations, id);
            await Task.WhenAny(operation.Ended, Task.Delay(TimeSpan.FromSeconds(timeout ?? 3600), context.RequestAborted));
            return Sync(operation.Describe());
        });
    }

    private static SandboxOperations.Operation Known(SandboxOperations operations, string id) =>
        operations.Find(id) ?? throw new SandboxRefusal(404, "Operation not found");

    private static JsonObject Describe(SandboxInstance one, bool full)
    {
        var shown = new JsonObject
        {
            ["name"] = one.Name,
            ["type"] = "container",
            ["status"] = one.Status,
            ["architecture"] = "x86_64",
            ["config"] = new JsonObject(one.Config.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["devices"] = one.Devices.DeepClone(),
            ["profiles"] = new JsonArray("default"),
            ["ephemeral"] = false,
            ["stateful"] = false,
            ["description"] = "",
        };
        if (full) shown["state"] = State(one);
        return shown;
    }

    private static JsonObject State(SandboxInstance one)
    {
        var addresses = new JsonArray();
        if (one.Address is { } address) addresses.Add(new JsonObject { ["family"] = "inet", ["scope"] = "global", ["address"] = address, ["netmask"] = "16" });
        return new JsonObject
        {
            ["status"] = one.Status,
            ["pid"] = one.Status == "Running" ? 1 : 0,
            ["network"] = one.Status == "Running" ? new JsonObject { ["eth0"] = new JsonObject { ["addresses"] = addresses } } : null,
            ["disk"] = new JsonObject { ["root"] = new JsonObject { ["usage"] = 1_048_576 } },
            ["memory"] = new JsonObject { ["usage"] = one.Status == "Running" ? 4_194_304 : 0 },
        };
    }

    private static async Task<JsonNode> Body(HttpRequest request) =>
        await request.ReadFromJsonAsync<JsonNode>() ?? throw new SandboxRefusal(400, "The body is empty");

    private static IResult Sync(JsonNode metadata) => Results.Json(new JsonObject
    {
        ["type"] = "sync",
        ["status"] = "Success",
        ["status_code"] = 200,
        ["metadata"] = metadata,
    });

    private static IResult Async(SandboxOperations.Operation operation) => Results.Json(
        new JsonObject
        {
            ["type"] = "async",
            ["status"] = "Operation created",
            ["status_code"] = 100,
            ["operation"] = operation.Path,
            ["metadata"] = operation.Describe(),
        },
        statusCode: 202);

    private static Task OnlyThisMachine(HttpContext context, Func<Task> next)
    {
        if (context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)) return next();
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static async Task Refusals(HttpContext context, Func<Task> next)
    {
        try
        {
            await next();
        }
        catch (SandboxRefusal refusal)
        {
            context.Response.StatusCode = refusal.Status;
            await context.Response.WriteAsJsonAsync(new JsonObject
            {
                ["type"] = "error",
                ["error"] = refusal.Message,
                ["error_code"] = refusal.Status.ToString(CultureInfo.InvariantCulture),
            });
        }
    }
}
