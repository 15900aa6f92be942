using System.Globalization;
using System.Text.Json.Nodes;

namespace Provisioning.Hypervisors.Sandbox;

/// <summary>What happens to make-believe instances. Words and order of the failures are LXD 5.0's.</summary>
internal sealed class SandboxLife(SandboxState state, SandboxOperations operations)
{
    private readonly Lock gate = new();
    private readonly List<Fault> faults = [];
    private Knobs knobs = new();

    public Knobs Knobs
    {
        get
        {
            lock (gate) return knobs with { Faults = [.. faults] };
        }

        set
        {
            lock (gate)
            {
                knobs = value;
                faults.Clear();
                faults.AddRange(value.Faults);
            }
        }
    }

    /// <summary>As if the daemon had been killed and started again: operations are forgotten, what they did so far stays.</summary>
    public void Die()
    {
        operations.ForgetAll();
        state.LetAllGo();
    }

    public SandboxOperations.Operation Create(JsonNode body)
    {
        var name = (string?)body["name"] is { Length: > 0 } given ? given : $"random-{Guid.NewGuid():n}"[..14];
        if (name.Length > 63 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new SandboxRefusal(400, "Invalid instance name: Name can only contain alphanumeric and hyphen characters");
        if ((string?)body["type"] == "virtual-machine")
            throw new SandboxRefusal(500, "Instance type \"virtual-machine\" is not supported on this server: vhost_vsock kernel module not loaded");
        var alias = (string?)body["source"]?["alias"] ?? "";
        if (alias.Length == 0 || Knobs.MissingImages.Contains(alias)) throw new SandboxRefusal(404, "Image alias not found");
        var config = Config(body["config"]);
        CheckConfig(config);
        var made = new SandboxInstance
        {
            Name = name,
            Config = config,
            Devices = body["devices"]?.DeepClone().AsObject() ?? [],
            Files = new(StringComparer.Ordinal) { ["/etc/hostname"] = name, ["/etc/image"] = alias },
        };
        return Operate("create", name, () => Add(made), () => state.Change(name, one => one.Config["volatile.apply_template"] = "create"));
    }

    public SandboxOperations.Operation Import(string name, string file) => Operate("import", name, null, async () =>
    {
        var (index, files) = await SandboxArchive.Read(file);
        File.Delete(file);
        Add(new SandboxInstance
        {
            Name = name,
            Config = index.Config,
            Devices = JsonNode.Parse(index.Devices)!.AsObject(),
            Files = files,
        });
    });

    public SandboxOperations.Operation SetState(string name, JsonNode body)
    {
        var force = (bool?)body["force"] == true;
        return (string?)body["action"] switch
        {
            "start" => Operate("start", name, null, () => Start(name)),
            "stop" when force => Operate("stop", name, null, () => Stop(name), always: true),
            "stop" => Operate("stop", name, () => Deaf(name, (int?)body["timeout"] ?? 30), Now(() => Stop(name))),
            "restart" => Operate("restart", name, null, () =>
            {
                Stop(name);
                Start(name);
            }),
            "freeze" => Operate("freeze", name, null, () => state.Change(name, one => one.Status = "Frozen")),
            "unfreeze" => Operate("unfreeze", name, null, () => state.Change(name, one => one.Status = "Running")),
            _ => throw new SandboxRefusal(400, "Unknown action"),
        };
    }

    public SandboxOperations.Operation Delete(string name)
    {
        if (state.Find(name).Status == "Running") throw new SandboxRefusal(400, "Instance is running");
        return Operate("delete", name, null, () => state.Write(all => all.Remove(name)));
    }

    public SandboxOperations.Operation Replace(string name, JsonNode body, string? ifMatch)
    {
        if ((string?)body["restore"] is { } snapshot) return Restore(name, snapshot);
        if (ifMatch is not null && ifMatch != ETag(state.Find(name))) throw new SandboxRefusal(412, "Precondition failed: ETag doesn't match");
        var config = Config(body["config"]);
        CheckConfig(config);
        return Operate("change", name, null, () => state.Change(name, one =>
        {
            // volatile keys stay, whether they are sent or not
            foreach (var (key, value) in one.Config.Where(pair => pair.Key.StartsWith("volatile.", StringComparison.Ordinal))) config[key] = value;
            one.Config = config;
            one.Devices = body["devices"]?.DeepClone().AsObject() ?? [];
        }));
    }

    public void Patch(string name, JsonNode body)
    {
        Trip("change");
        var config = Config(body["config"]);
        CheckConfig(config);
        state.Change(name, one =>
        {
            foreach (var (key, value) in config) one.Config[key] = value;
            foreach (var (device, value) in body["devices"]?.AsObject() ?? []) one.Devices[device] = value!.DeepClone();
        });
    }

    public SandboxOperations.Operation Snapshot(string name, string snapshot)
    {
        state.Find(name);
        return Operate("snapshot", name, null, () => state.Change(name, one =>
        {
            if (!one.Snapshots.TryAdd(snapshot, new SandboxSnapshot(new(one.Files), new(one.Config))))
                throw new SandboxRefusal(400, $"Snapshot {snapshot} already exists");
        }));
    }

    public SandboxOperations.Operation Backup(string name, string backup)
    {
        if (state.Find(name).Backups.ContainsKey(backup)) throw new SandboxRefusal(400, $"Backup {backup} already exists");
        var file = state.NewFile();
        // listed from the start, as LXD does
        return Operate(
            "backup",
            name,
            Now(() => state.Change(name, one => one.Backups[backup] = "")),
            async () =>
            {
                await SandboxArchive.Write(state.Find(name), file);
                state.Change(name, one => one.Backups[backup] = Path.GetFileName(file));
            });
    }

    public SandboxOperations.Operation Forget(string name, string kind, string which)
    {
        var one = state.Find(name);
        if (!(kind == "snapshot" ? one.Snapshots.ContainsKey(which) : one.Backups.ContainsKey(which))) throw new SandboxRefusal(404, "Not found");
        return Operate($"delete-{kind}", name, null, () => state.Change(name, held =>
        {
            if (kind == "snapshot") held.Snapshots.Remove(which);
            else held.Backups.Remove(which);
        }));
    }

    public static string ETag(SandboxInstance one) => one.Version.ToString(CultureInfo.InvariantCulture);

    private SandboxOperations.Operation Restore(string name, string snapshot)
    {
        if (!state.Find(name).Snapshots.ContainsKey(snapshot)) throw new SandboxRefusal(404, "Instance snapshot not found");
        return Operate("restore", name, null, () => state.Change(name, one => one.Files = new(one.Snapshots[snapshot].Files)));
    }

    private SandboxOperations.Operation Operate(string kind, string name, Action? begin, Action finish, bool always = false) =>
        Operate(kind, name, begin is null ? null : Now(begin), Now(finish), always);

    private SandboxOperations.Operation Operate(string kind, string name, Func<Task>? begin, Func<Task> finish, bool always = false)
    {
        var fault = Trip(kind);
        return operations.Start($"{kind} instance", name, fault?.How is not ("lose" or "half"), async operation =>
        {
            if (!always) state.Hold(name, kind, operation);
            try
            {
                if (fault?.How == "fail") throw new SandboxRefusal(400, fault.Text);
                if (begin is not null) await begin();
                if (fault?.How == "half") return;
                if (fault?.How == "hang") await new TaskCompletionSource().Task;
                await Task.Delay(Slowness(kind));
                // killed meanwhile: what was begun stays as it is
                if (fault?.How != "lose" && operations.Find(operation.Id) is null) return;
                await finish();
            }
            finally
            {
                if (!always) state.LetGo(name, operation);
            }
        });
    }

    private static Func<Task> Now(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

    private Fault? Trip(string kind)
    {
        lock (gate)
        {
            var fault = faults.Find(one => one.Kind == kind || one.Kind == "*");
            if (fault is null) return null;
            faults.Remove(fault);
            return fault.How == "error" ? throw new SandboxRefusal(500, fault.Text) : fault;
        }
    }

    private int Slowness(string kind) => Knobs.SlowMilliseconds.TryGetValue(kind, out var own) ? own : Knobs.SlowMilliseconds.GetValueOrDefault("*");

    private void Add(SandboxInstance made) => state.Write(all =>
    {
        if (!all.TryAdd(made.Name, made))
            throw new SandboxRefusal(400, "Failed creating instance record: Add instance info to the database: This \"instances\" entry already exists");
    });

    private void Start(string name) => state.Write(all =>
    {
        var one = all.GetValueOrDefault(name) ?? throw new SandboxRefusal(404, "Instance not found");
        if (one.Status == "Running") throw new SandboxRefusal(400, "The instance is already running");
        var complete = one.Config.Remove("volatile.apply_template") | one.Config.ContainsKey("volatile.last_state.power");
        if (!complete) throw new SandboxRefusal(400, "Failed to handle idmapped storage: no such file or directory");
        if (one.FixedAddress is { } fixedAddress && all.Values.Any(other => other != one && other.Address == fixedAddress))
            throw new SandboxRefusal(400, $"Failed to start device \"eth0\": IP address \"{fixedAddress}\" already defined on another NIC");
        if (one.Lease is null || all.Values.Any(other => other != one && other.FixedAddress == one.Lease)) one.Lease = SandboxState.FreeAddress(all);
        one.Config.TryAdd("volatile.eth0.hwaddr", $"00:16:3e:{Random.Shared.Next(256):x2}:{Random.Shared.Next(256):x2}:{Random.Shared.Next(256):x2}");
        // two with one hardware address get one address
        if (all.Values.FirstOrDefault(other => other != one && other.Address is not null && other.HardwareAddress == one.HardwareAddress) is { } twin)
            one.Lease = twin.Address;
        one.Status = "Running";
        one.Config["volatile.last_state.power"] = "RUNNING";
        one.Version++;
    });

    private void Stop(string name) => state.Change(name, one =>
    {
        if (one.Status == "Stopped") throw new SandboxRefusal(400, "The instance is already stopped");
        one.Status = "Stopped";
        one.Config["volatile.last_state.power"] = "STOPPED";
    });

    private async Task Deaf(string name, int seconds)
    {
        if (state.Find(name).Status == "Stopped") throw new SandboxRefusal(400, "The instance is already stopped");
        if (!Knobs.DeafGuests) return;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        throw new SandboxRefusal(400, "Failed shutting down instance, status is \"Running\"");
    }

    private static Dictionary<string, string> Config(JsonNode? config) =>
        config?.AsObject().ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal) ?? [];

    private static void CheckConfig(Dictionary<string, string> config)
    {
        foreach (var (key, value) in config)
        {
            if (!key.StartsWith("user.", StringComparison.Ordinal) && !key.StartsWith("volatile.", StringComparison.Ordinal)
                && !key.StartsWith("limits.", StringComparison.Ordinal) && !key.StartsWith("cloud-init.", StringComparison.Ordinal))
                throw new SandboxRefusal(500, $"Unknown configuration key: {key}");
            if (key == "limits.memory" && !value.EndsWith("iB", StringComparison.Ordinal)) throw new SandboxRefusal(500, $"Invalid config: Invalid value: {value}");
            if (key == "limits.cpu" && !int.TryParse(value, out _)) throw new SandboxRefusal(500, $"Invalid config: Invalid value: {value}");
        }
    }
}
