using System.Net.Http.Headers;

namespace Provisioning.Hypervisors;

/// <summary>
/// A backup whose operation ended well in this very process: the only kind that may be exported. The hypervisor lists a backup that it
/// died over, or still writes, like a finished one and exports it truncated with a matching length.
/// </summary>
internal sealed record FinishedBackup
{
    internal FinishedBackup(string instance, string name) => (Instance, Name) = (instance, name);

    /// <summary>The instance it was taken of.</summary>
    public string Instance { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }
}

/// <summary>An archive to be turned into an instance.</summary>
internal sealed record ImportSpec
{
    /// <summary>The new instance's name: always one that nothing else uses.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is from now on.</summary>
    public required string Job { get; init; }

    /// <summary>The customer's name for it.</summary>
    public string Label { get; init; } = "";
}

internal sealed partial class Hypervisor
{
    /// <summary>Takes a snapshot; one of that name is deleted first, since it may be the incomplete rest of a crash.</summary>
    public Task Snapshot(string name, string snapshot, CancellationToken cancelled) => Converge(name, async () =>
    {
        await There(name, cancelled);
        if (await connection.Get(SnapshotPath(name, snapshot), cancelled) is not null) await DeleteSnapshot(name, snapshot, cancelled);
        var end = await connection.Run(HttpMethod.Post, $"{PathOf(name)}/snapshots", JsonContent.Create(new { name = snapshot, stateful = false }), cancelled);
        return Reached(end);
    }, cancelled);

    /// <summary>The names of its snapshots.</summary>
    public async Task<IReadOnlyList<string>> Snapshots(string name, CancellationToken cancelled)
    {
        var found = await connection.Get($"{PathOf(name)}/snapshots?recursion=1", cancelled);
        return [.. (found?.AsArray() ?? []).Select(one => (string)one!["name"]!)];
    }

    /// <summary>Deletes a snapshot; absent already is fine.</summary>
    public Task DeleteSnapshot(string name, string snapshot, CancellationToken cancelled) => Converge(
        name, () => Gone(() => connection.Run(HttpMethod.Delete, SnapshotPath(name, snapshot), null, cancelled)), cancelled);

    /// <summary>Puts the instance back to the snapshot. A running guest is stopped and started by the hypervisor.</summary>
    public Task RestoreSnapshot(string name, string snapshot, CancellationToken cancelled) => Converge(name, async () =>
    {
        if (await connection.Get(SnapshotPath(name, snapshot), cancelled) is null) throw Absent($"{name}/{snapshot}");
        return Reached(await connection.Run(HttpMethod.Put, PathOf(name), JsonContent.Create(new { restore = snapshot }), cancelled));
    }, cancelled);

    /// <summary>
    /// Writes a backup archive on the hypervisor, without snapshots. Whatever has that name is deleted first: nothing tells a whole one
    /// from a truncated one.
    /// </summary>
    public async Task<FinishedBackup> CreateBackup(string name, string backup, CancellationToken cancelled)
    {
        await Converge(name, async () =>
        {
            await There(name, cancelled);
            await DeleteBackup(name, backup, cancelled);
            var body = JsonContent.Create(new { name = backup, instance_only = true, optimized_storage = false, compression_algorithm = "gzip" });
            return Reached(await connection.Run(HttpMethod.Post, $"{PathOf(name)}/backups", body, cancelled));
        }, cancelled);
        return new FinishedBackup(name, backup);
    }

    /// <summary>Sends the archive (tar.gz) to the stream as it comes; its size in bytes.</summary>
    /// <exception cref="HypervisorException">It ended early.</exception>
    public async Task<long> ExportBackup(FinishedBackup backup, Stream to, CancellationToken cancelled)
    {
        using var answer = await connection.Open($"{BackupPath(backup.Instance, backup.Name)}/export", cancelled);
        await using var body = await answer.Content.ReadAsStreamAsync(cancelled);
        var buffer = new byte[1 << 17];
        long size = 0;
        while (await Read(body, buffer, cancelled) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancelled);
            size += read;
        }

        if (answer.Content.Headers.ContentLength is { } promised && promised != size) throw CutOff($"{size} of {promised} bytes came.");
        return size;
    }

    /// <summary>Deletes the archive from the hypervisor; absent already is fine.</summary>
    public Task DeleteBackup(string name, string backup, CancellationToken cancelled) => Converge(
        name, () => Gone(() => connection.Run(HttpMethod.Delete, BackupPath(name, backup), null, cancelled)), cancelled);

    /// <summary>
    /// Makes a new, stopped instance of the archive: without the fixed address and the hardware address of the one it was taken of, so
    /// that both can run. <paramref name="archive"/> opens it at its beginning, once for each try.
    /// </summary>
    /// <exception cref="HypervisorException">Refused: the archive is truncated or none, or the name is taken.</exception>
    public async Task ImportInstance(Func<CancellationToken, Task<Stream>> archive, ImportSpec spec, CancellationToken cancelled)
    {
        var known = await Describe(cancelled);
        if (!known.Extensions.Contains("backup_override_name"))
        {
            throw new HypervisorException(
                HypervisorTrouble.Refused, "provisioning.hypervisors.not_supported", "This hypervisor cannot import a backup under a new name.");
        }

        await Converge(spec.Name, async () =>
        {
            // our mark is set after the import: an instance without it is the rest of a crash
            if (await Find(spec.Name, cancelled) is { } found)
            {
                if (found.Config.GetValueOrDefault(Instance.ImportKey) == spec.Name) return true;
                var running = await connection.RunningOn(spec.Name, cancelled);
                foreach (var operation in running) await connection.Wait(operation, cancelled);
                if (running.Count > 0) return false;
                if (!found.Stopped) throw new HypervisorException(HypervisorTrouble.Refused, "provisioning.hypervisors.name_taken", $"{spec.Name} is there and runs.");
                await Delete(spec.Name, cancelled);
            }

            await using var stream = await archive(cancelled);
            using var body = new StreamContent(stream, 1 << 17);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            var end = await connection.Run(HttpMethod.Post, "/1.0/instances", body, cancelled,
                headers: [(known.Header("name"), spec.Name), (known.Header("pool"), options.Pool)]);
            if (!Reached(end)) return false;
            await MakeOwn(spec, cancelled);
            return true;
        }, cancelled);
    }

    private Task MakeOwn(ImportSpec spec, CancellationToken cancelled) => Change(spec.Name, instance =>
    {
        var config = instance["config"]!.AsObject();
        config[Instance.JobKey] = spec.Job;
        config[Instance.LabelKey] = spec.Label;
        config[Instance.ImportKey] = spec.Name;
        instance["devices"]!["eth0"] = Nic(spec.Name, null);
    }, cancelled);

    private static async Task<int> Read(Stream body, Memory<byte> buffer, CancellationToken cancelled)
    {
        try
        {
            return await body.ReadAsync(buffer, cancelled);
        }
        catch (Exception trouble) when (trouble is IOException or HttpRequestException)
        {
            throw CutOff(trouble.Message, trouble);
        }
    }

    private static HypervisorException CutOff(string text, Exception? inner = null) =>
        new(HypervisorTrouble.Broken, "provisioning.hypervisors.export_cut_off", $"The export ended early: {text}", inner);

    private static string SnapshotPath(string name, string snapshot) => $"{PathOf(name)}/snapshots/{Uri.EscapeDataString(snapshot)}";

    private static string BackupPath(string name, string backup) => $"{PathOf(name)}/backups/{Uri.EscapeDataString(backup)}";
}
