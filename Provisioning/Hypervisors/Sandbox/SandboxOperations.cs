using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Provisioning.Hypervisors.Sandbox;

/// <summary>A failure in the words of LXD, answered with its status.</summary>
internal sealed class SandboxRefusal(int status, string text) : Exception(text)
{
    public int Status { get; } = status;
}

/// <summary>Background operations: in memory only, as LXD's are.</summary>
internal sealed class SandboxOperations
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, Operation> all = new();

    public Operation Start(string description, string instance, bool remember, Func<Operation, Task> work)
    {
        var operation = new Operation(Guid.NewGuid().ToString(), description, instance);
        if (remember) all[operation.Id] = operation;
        operation.Ended = Task.Run(async () =>
        {
            try
            {
                await work(operation);
                operation.Status = 200;
            }
            catch (SandboxRefusal refusal)
            {
                (operation.Error, operation.Status) = (refusal.Message, 400);
            }
            catch (Exception trouble)
            {
                (operation.Error, operation.Status) = ($"{trouble.GetType().Name}: {trouble.Message}", 400);
            }

            _ = Task.Delay(Remembered).ContinueWith(_ => all.TryRemove(operation.Id, out Operation? _), TaskScheduler.Default);
        });
        return operation;
    }

    public Operation? Find(string id) => all.GetValueOrDefault(id);

    public IEnumerable<Operation> Running => all.Values.Where(one => one.Status == 103);

    public void ForgetAll() => all.Clear();

    internal sealed class Operation(string id, string description, string instance)
    {
        public string Id { get; } = id;

        public Task Ended { get; set; } = Task.CompletedTask;

        public int Status { get; set; } = 103;

        public string Error { get; set; } = "";

        public string Path => $"/1.0/operations/{Id}";

        public JsonObject Describe() => new()
        {
            ["id"] = Id,
            ["class"] = "task",
            ["description"] = description,
            ["status"] = Status switch { 103 => "Running", 200 => "Success", _ => "Failure" },
            ["status_code"] = Status,
            ["resources"] = new JsonObject { ["instances"] = new JsonArray($"/1.0/instances/{instance}") },
            ["err"] = Error,
        };
    }
}
