using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Provisioning.Hypervisors;

/// <summary>
/// One LXD or Incus, over its REST API. Every call may be made again after a crash of either side: it looks first, asks only for what
/// is missing, and when an operation has vanished it looks at the object instead of guessing.
/// </summary>
internal sealed partial class Hypervisor(HypervisorOptions options) : IDisposable
{
    /// <summary>The code of a guest that ended by itself while its address was awaited.</summary>
    internal const string GuestStopped = "provisioning.hypervisors.guest_stopped";

    /// <summary>The code of an instance whose making was cut short.</summary>
    internal const string IsHalfMade = "provisioning.hypervisors.half_made";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);
    private readonly HypervisorConnection connection = new(options);
    private HypervisorFeatures? features;

    /// <summary>The region that it serves.</summary>
    public string Region => options.Region;

    internal HypervisorConnection Connection => connection;

    /// <summary>What it is and can do; fails when it does not trust us.</summary>
    public async Task<HypervisorFeatures> Describe(CancellationToken cancelled)
    {
        if (features is not null) return features;
        var root = await connection.Get("/1.0", cancelled);
        if ((string?)root?["auth"] != "trusted") throw HypervisorException.From(403, "not authorized");
        return features = new HypervisorFeatures(
            (string?)root["environment"]?["server"] ?? "lxd",
            (string?)root["environment"]?["server_version"] ?? "",
            root["api_extensions"]?.AsArray().Select(one => (string?)one ?? "").ToHashSet(StringComparer.Ordinal) ?? []);
    }

    /// <summary>The instance, or null.</summary>
    public async Task<Instance?> Find(string name, CancellationToken cancelled)
    {
        try
        {
            var answer = await connection.Send(HttpMethod.Get, PathOf(name), null, cancelled);
            return answer.Metadata is null ? null : Instance.From(answer.Metadata, answer.ETag);
        }
        catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.Absent)
        {
            return null;
        }
    }

    /// <summary>Every instance with its state, in one call.</summary>
    public async Task<IReadOnlyList<Instance>> All(CancellationToken cancelled)
    {
        var found = await connection.Get("/1.0/instances?recursion=2", cancelled);
        return [.. (found?.AsArray() ?? []).Where(one => one is not null).Select(one => Instance.From(one!))];
    }

    /// <summary>Makes the instance, stopped. One that is there and carries the same job is taken for it; a half-made one is removed first.</summary>
    /// <exception cref="HypervisorException">Refused: the name belongs to somebody else, or the wish can never be met.</exception>
    public Task Create(InstanceSpec spec, CancellationToken cancelled) => Converge(spec.Name, async () =>
    {
        if (await Ours(spec.Name, found => found.Job == spec.Job, cancelled)) return true;
        var body = JsonContent.Create(new
        {
            name = spec.Name,
            type = "container",
            source = new { type = "image", alias = spec.Image },
            config = new Dictionary<string, string>
            {
                [Instance.JobKey] = spec.Job,
                [Instance.LabelKey] = spec.Label,
                ["limits.cpu"] = Text(spec.Limits.Vcpu),
                ["limits.memory"] = $"{Text(spec.Limits.MemoryMib)}MiB",
                ["cloud-init.user-data"] = FirstBoot.Script(spec.Hostname, spec.SshKey),
            },
            devices = new Dictionary<string, JsonObject> { ["root"] = RootDisk(spec.Limits.DiskGib), ["eth0"] = Nic(spec.Name, spec.Address) },
        });
        return Reached(await connection.Run(HttpMethod.Post, "/1.0/instances", body, cancelled));
    }, cancelled);

    /// <summary>Starts it; running already is fine.</summary>
    /// <param name="name">The instance.</param>
    /// <param name="cancelled">Gives up.</param>
    /// <param name="justMade">The caller has seen its making end well: it is whole and stopped, so the first try does not look.</param>
    public Task Start(string name, CancellationToken cancelled, bool justMade = false) => Converge(name, async () =>
    {
        if (justMade)
        {
            justMade = false;
            return Reached(await SetState(name, new { action = "start", timeout = 30 }, cancelled));
        }

        var found = await There(name, cancelled);
        if (found.Running) return true;
        if (found.HalfMade) throw HalfMade(name);
        var action = found.Status == "Frozen" ? "unfreeze" : "start";
        return Reached(await SetState(name, new { action, timeout = 30 }, cancelled));
    }, cancelled);

    /// <summary>Asks the guest to shut down and, when it has not after <paramref name="patience"/>, stops it by force.</summary>
    public async Task Stop(string name, TimeSpan patience, CancellationToken cancelled)
    {
        var force = patience < TimeSpan.FromSeconds(1);
        await Converge(name, async () =>
        {
            var found = await There(name, cancelled);
            if (found.Stopped) return true;
            var body = force ? (object)new { action = "stop", force, timeout = 20 } : new { action = "stop", timeout = (int)patience.TotalSeconds };
            var end = await SetState(name, body, cancelled);
            if (!force && end is OperationEnd.Failed { Trouble.Trouble: HypervisorTrouble.Broken }) return !(force = true);
            return Reached(end);
        }, cancelled);
    }

    /// <summary>Removes it with its snapshots and backups, running or not; absent already is fine.</summary>
    public Task Delete(string name, CancellationToken cancelled) => Converge(name, async () =>
    {
        if (await Find(name, cancelled) is not { } found) return true;
        return await Gone(async () =>
        {
            if (!found.Stopped) await StopNow(name, cancelled);
            return await connection.Run(HttpMethod.Delete, PathOf(name), null, cancelled);
        });
    }, cancelled);

    private async Task StopNow(string name, CancellationToken cancelled)
    {
        try
        {
            Reached(await SetState(name, new { action = "stop", force = true, timeout = 20 }, cancelled));
        }
        catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.AsWished)
        {
            // stopped by itself meanwhile
        }
    }

    /// <summary>The IPv4 address of the running guest, waited for.</summary>
    /// <exception cref="HypervisorException">The guest has stopped, or shows no address in time.</exception>
    public async Task<string> WaitForAddress(string name, TimeSpan within, CancellationToken cancelled)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var state = await connection.Get($"{PathOf(name)}/state", cancelled) ?? throw Absent(name);
            if ((string?)state["status"] == "Stopped")
                throw new HypervisorException(HypervisorTrouble.Broken, GuestStopped, $"{name} stopped by itself.");
            if ((string?)state["status"] == "Running" && Instance.AddressIn(state) is { } address) return address;
            if (Stopwatch.GetElapsedTime(since) > within)
                throw new HypervisorException(HypervisorTrouble.Broken, "provisioning.hypervisors.no_address", $"{name} got no address in {within}.");
            await Task.Delay(Glance, cancelled);
        }
    }

    /// <summary>Sets its limits. A disk never shrinks: below its use the hypervisor would wedge the instance for good.</summary>
    public Task SetLimits(string name, Limits limits, CancellationToken cancelled) => Converge(name, async () =>
    {
        var found = await There(name, cancelled);
        if (found.Limits == limits) return true;
        if (found.Limits is { } now && limits.DiskGib < now.DiskGib)
        {
            throw new HypervisorException(
                HypervisorTrouble.Refused,
                "provisioning.hypervisors.never_shrink",
                $"The disk of {name} has {now.DiskGib} GiB and never shrinks to {limits.DiskGib} GiB.");
        }

        return Reached(await Patch(name, new
        {
            config = new Dictionary<string, string>
            {
                ["limits.cpu"] = Text(limits.Vcpu),
                ["limits.memory"] = $"{Text(limits.MemoryMib)}MiB",
            },
            devices = new Dictionary<string, JsonObject> { ["root"] = RootDisk(limits.DiskGib) },
        }, cancelled));
    }, cancelled);

    /// <summary>Changes the customer's name for it; the instance keeps its own.</summary>
    public Task SetLabel(string name, string label, CancellationToken cancelled) => Converge(name, async () =>
    {
        var found = await There(name, cancelled);
        if (found.Config.GetValueOrDefault(Instance.LabelKey) == label) return true;
        return Reached(await Patch(name, new { config = new Dictionary<string, string> { [Instance.LabelKey] = label } }, cancelled));
    }, cancelled);

    /// <summary>
    /// Fixes its IPv4 address, or gives it up with null. To move an address: take it from the stopped one first, since two with the
    /// same address cannot run. A stopped one loses its network card for a moment then: only that makes the network's DHCP server
    /// forget the lease, and it gives a leased address to nobody else, fixed or not.
    /// </summary>
    public async Task SetAddress(string name, string? address, CancellationToken cancelled)
    {
        var found = await There(name, cancelled);
        if (found.Stopped && found.FixedAddress is { } old && old != address)
            await UpdateDevices(name, devices => devices["eth0"] = new JsonObject { ["type"] = "none" }, cancelled);
        await UpdateDevices(name, devices =>
        {
            if ((string?)devices["eth0"]?["type"] != "nic") devices["eth0"] = Nic(name, null);
            var nic = devices["eth0"]!.AsObject();
            if (address is null) nic.Remove("ipv4.address");
            else nic["ipv4.address"] = address;
        }, cancelled);
    }

    /// <summary>Changes its devices as read; repeated when somebody else changed the instance meanwhile.</summary>
    public Task UpdateDevices(string name, Action<JsonObject> change, CancellationToken cancelled) =>
        Change(name, instance => change(instance["devices"]!.AsObject()), cancelled);

    // PATCH cannot remove a key, so the whole object is put back, if it is still the one that was read
    private Task Change(string name, Action<JsonObject> change, CancellationToken cancelled) => Converge(name, async () =>
    {
        var read = await connection.Send(HttpMethod.Get, PathOf(name), null, cancelled);
        var wanted = new JsonObject();
        foreach (var part in (string[])["architecture", "config", "description", "devices", "ephemeral", "profiles", "stateful"])
            wanted[part] = read.Metadata?[part]?.DeepClone();
        wanted["config"] ??= new JsonObject();
        wanted["devices"] ??= new JsonObject();
        var before = wanted.ToJsonString();
        change(wanted);
        if (wanted.ToJsonString() == before) return true;
        return Reached(await connection.Run(HttpMethod.Put, PathOf(name), JsonContent.Create(wanted), cancelled, read.ETag));
    }, cancelled);

    private Task<OperationEnd> Patch(string name, object change, CancellationToken cancelled) =>
        connection.Run(HttpMethod.Patch, PathOf(name), JsonContent.Create(change), cancelled);

    private Task<OperationEnd> SetState(string name, object action, CancellationToken cancelled) =>
        connection.Run(HttpMethod.Put, $"{PathOf(name)}/state", JsonContent.Create(action), cancelled);

    // true: it is there, complete and ours. false: it is not there (any more) and may be made
    private async Task<bool> Ours(string name, Func<Instance, bool> ours, CancellationToken cancelled)
    {
        if (await Find(name, cancelled) is not { } found) return false;
        if (found.HalfMade)
        {
            var running = await connection.RunningOn(name, cancelled);
            foreach (var operation in running) await connection.Wait(operation, cancelled);
            // no operation was running before this look, so what is half-made now stays so
            if (running.Count > 0 || await Find(name, cancelled) is not { HalfMade: true }) return await Ours(name, ours, cancelled);
            await Delete(name, cancelled);
            return false;
        }

        if (ours(found)) return true;
        throw new HypervisorException(
            HypervisorTrouble.Refused, "provisioning.hypervisors.name_taken", $"An instance {name} is there and is not the one asked for.");
    }

    private async Task<Instance> There(string name, CancellationToken cancelled) => await Find(name, cancelled) ?? throw Absent(name);

    /// <summary>Tries until the instance is as wanted, waiting while other operations hold it.</summary>
    private async Task Converge(string name, Func<Task<bool>> once, CancellationToken cancelled)
    {
        NameIsValid(name);
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            HypervisorException? busy = null;
            try
            {
                if (await once()) return;
            }
            catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.AsWished)
            {
                return;
            }
            catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.Busy)
            {
                busy = trouble;
            }

            if (Stopwatch.GetElapsedTime(since) > options.Patience)
            {
                throw busy ?? new HypervisorException(
                    HypervisorTrouble.Broken, "provisioning.hypervisors.unsettled", $"{name} could not be brought into the wanted state.");
            }

            var running = busy is null ? [] : await connection.RunningOn(name, cancelled);
            foreach (var operation in running) await connection.Wait(operation, cancelled);
            if (running.Count == 0) await Task.Delay(Glance, cancelled);
        }
    }

    private static bool Reached(OperationEnd end) => end switch
    {
        OperationEnd.Succeeded => true,
        OperationEnd.Unknown => false,
        OperationEnd.Failed failed => throw failed.Trouble,
        _ => throw new UnreachableException(),
    };

    private static async Task<bool> Gone(Func<Task<OperationEnd>> delete)
    {
        try
        {
            return Reached(await delete());
        }
        catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.Absent)
        {
            return true;
        }
    }

    // an empty name would make the hypervisor invent one
    private static void NameIsValid(string name)
    {
        if (name.Length is 0 or > 63 || !char.IsAsciiLetter(name[0]) || name[^1] == '-' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new HypervisorException(HypervisorTrouble.Refused, "provisioning.hypervisors.bad_name", $"'{name}' is no instance name.");
    }

    private static string PathOf(string name) => $"/1.0/instances/{Uri.EscapeDataString(name)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private JsonObject RootDisk(int gib) => new() { ["type"] = "disk", ["path"] = "/", ["pool"] = options.Pool, ["size"] = $"{Text(gib)}GiB" };

    private JsonObject Nic(string name, string? address)
    {
        var nic = new JsonObject { ["type"] = "nic", ["name"] = "eth0", ["network"] = options.Network, ["hwaddr"] = HardwareAddress(name) };
        if (address is not null) nic["ipv4.address"] = address;
        return nic;
    }

    // an imported copy would share the one that the hypervisor keeps for the original, and with it the address
    private static string HardwareAddress(string name)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return string.Join(':', hash[..5].Select(part => part.ToString("x2", CultureInfo.InvariantCulture)).Prepend("02"));
    }

    private static HypervisorException Absent(string name) =>
        new(HypervisorTrouble.Absent, "provisioning.hypervisors.absent", $"The hypervisor has no instance {name}.");

    private static HypervisorException HalfMade(string name) =>
        new(HypervisorTrouble.Broken, IsHalfMade, $"{name} is half-made; it is deleted and made again, never started.");

    public void Dispose() => connection.Dispose();
}

/// <summary>What a hypervisor is and can do.</summary>
internal sealed record HypervisorFeatures(string Server, string Version, IReadOnlySet<string> Extensions)
{
    /// <summary>The one place that knows how the two products call their headers.</summary>
    public string Header(string name) => Server == "incus" ? $"X-Incus-{name}" : $"X-LXD-{name}";
}
