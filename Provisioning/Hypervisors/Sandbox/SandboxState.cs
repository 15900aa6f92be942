using System.Text.Json;

namespace Provisioning.Hypervisors.Sandbox;

/// <summary>The instances, kept in a file so that they survive the sandbox's end.</summary>
internal sealed class SandboxState
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };
    private readonly Lock gate = new();
    private readonly string folder;
    private readonly Dictionary<string, SandboxInstance> instances;
    private readonly Dictionary<string, (string Kind, object Holder)> busy = new(StringComparer.Ordinal);

    public SandboxState(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        instances = File.Exists(Path) ? JsonSerializer.Deserialize<Dictionary<string, SandboxInstance>>(File.ReadAllText(Path))! : [];
    }

    private string Path => System.IO.Path.Combine(folder, "instances.json");

    /// <summary>A new file for an archive.</summary>
    public string NewFile() => System.IO.Path.Combine(folder, $"{Guid.NewGuid():n}.tar.gz");

    public string FileOf(string name) => System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, name));

    /// <summary>Copies of all instances.</summary>
    public IReadOnlyList<SandboxInstance> All()
    {
        lock (gate) return [.. instances.Values.Select(one => one.Copy())];
    }

    /// <summary>A copy of one.</summary>
    public SandboxInstance Find(string name)
    {
        lock (gate) return instances.GetValueOrDefault(name)?.Copy() ?? throw new SandboxRefusal(404, "Instance not found");
    }

    /// <summary>Changes what is kept.</summary>
    public void Write(Action<Dictionary<string, SandboxInstance>> change)
    {
        lock (gate)
        {
            change(instances);
            var next = $"{Path}.next";
            File.WriteAllText(next, JsonSerializer.Serialize(instances, Json));
            File.Move(next, Path, overwrite: true);
        }
    }

    /// <summary>Changes one instance.</summary>
    public void Change(string name, Action<SandboxInstance> change) => Write(all =>
    {
        var instance = all.GetValueOrDefault(name) ?? throw new SandboxRefusal(404, "Instance not found");
        change(instance);
        instance.Version++;
    });

    /// <summary>Holds the instance for one operation.</summary>
    public void Hold(string name, string kind, object holder)
    {
        lock (gate)
        {
            if (!busy.TryAdd(name, (kind, holder)))
                throw new SandboxRefusal(400, $"Failed {kind}: Instance is busy running a \"{busy[name].Kind}\" operation");
        }
    }

    public void LetGo(string name, object holder)
    {
        lock (gate)
        {
            if (busy.TryGetValue(name, out var held) && held.Holder == holder) busy.Remove(name);
        }
    }

    public void LetAllGo()
    {
        lock (gate) busy.Clear();
    }

    /// <summary>The next free address of the make-believe network.</summary>
    public static string FreeAddress(IReadOnlyDictionary<string, SandboxInstance> all)
    {
        var taken = all.Values.SelectMany(one => new[] { one.Lease, one.FixedAddress }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        for (var number = 2; number < 65_000; number++)
        {
            var address = $"10.77.{number / 256}.{number % 256}";
            if (taken.Add(address)) return address;
        }

        throw new SandboxRefusal(400, "No free address");
    }
}
