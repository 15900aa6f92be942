using System.Text;
using Provisioning.Hypervisors;
using Testing;
using Xunit;

namespace Provisioning.Tests.Hypervisors;

/// <summary>What the worker relies on, asked of the sandbox and of a real LXD alike.</summary>
public abstract class HypervisorContract : IAsyncLifetime
{
    private const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5ZBxyBWVlBHWIBfH+VvR7n2MHKmAVsxJ8bYAlXoVZN asha's laptop";
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(20);   // then by force
    private readonly List<string> names = [];

    private protected Hypervisor Hypervisor { get; private set; } = null!;

    private protected Guest Guest { get; private set; } = null!;

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected abstract string Image { get; }

    private protected abstract Task<HypervisorOptions> Begin();

    protected abstract Task End();

    /// <summary>Leaves an instance as a hypervisor does that died while making it.</summary>
    protected abstract Task MakeHalf(string name);

    /// <summary>Makes the running guest ignore a graceful stop.</summary>
    protected abstract Task MakeDeaf(string name);

    public async ValueTask InitializeAsync()
    {
        Hypervisor = new Hypervisor(await Begin());
        Guest = new Guest(Hypervisor);
    }

    public async ValueTask DisposeAsync()
    {
        if (Hypervisor is not null)
        {
            foreach (var name in names) await Hypervisor.Delete(name, CancellationToken.None);
            Hypervisor.Dispose();
        }

        await End();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_server_runs_with_an_address_and_its_limits()
    {
        var spec = Spec();
        await Hypervisor.Create(spec, Cancelled);
        await Hypervisor.Start(spec.Name, Cancelled);
        var address = await Hypervisor.WaitForAddress(spec.Name, Wait.Patience, Cancelled);
        var found = await Hypervisor.Find(spec.Name, Cancelled);
        Assert.NotNull(found);
        Assert.True(found.Running);
        Assert.False(found.HalfMade);
        Assert.Equal(spec.Job, found.Job);
        Assert.Equal(new Limits(1, 128, 1), found.Limits);
        var listed = Assert.Single(await Hypervisor.All(Cancelled), one => one.Name == spec.Name);
        Assert.Equal(address, listed.Address);
        Assert.True(listed.Running);
    }

    [Fact]
    public async Task Every_call_may_be_made_twice()
    {
        var spec = Spec();
        for (var time = 1; time <= 2; time++) await Hypervisor.Create(spec, Cancelled);
        for (var time = 1; time <= 2; time++) await Hypervisor.SetLimits(spec.Name, new Limits(2, 192, 2), Cancelled);
        for (var time = 1; time <= 2; time++) await Hypervisor.SetLabel(spec.Name, "नया नाम", Cancelled);
        for (var time = 1; time <= 2; time++) await Hypervisor.Start(spec.Name, Cancelled);
        await Hypervisor.Create(spec, Cancelled);
        for (var time = 1; time <= 2; time++) await Hypervisor.Snapshot(spec.Name, "s1", Cancelled);
        Assert.Equal(["s1"], await Hypervisor.Snapshots(spec.Name, Cancelled));
        for (var time = 1; time <= 2; time++) await Hypervisor.DeleteSnapshot(spec.Name, "s1", Cancelled);
        for (var time = 1; time <= 2; time++) await Hypervisor.CreateBackup(spec.Name, "b1", Cancelled);
        for (var time = 1; time <= 2; time++) await Hypervisor.DeleteBackup(spec.Name, "b1", Cancelled);
        for (var time = 1; time <= 2; time++) await Hypervisor.Stop(spec.Name, StopWithin, Cancelled);
        var found = await Hypervisor.Find(spec.Name, Cancelled);
        Assert.Equal(new Limits(2, 192, 2), found?.Limits);
        Assert.Equal("नया नाम", found?.Config[Instance.LabelKey]);
        Assert.True(found?.Stopped);
        for (var time = 1; time <= 2; time++) await Hypervisor.Delete(spec.Name, Cancelled);
        Assert.Null(await Hypervisor.Find(spec.Name, Cancelled));
    }

    [Fact]
    public async Task Six_workers_that_create_start_and_delete_one_name_at_once_all_succeed()
    {
        var spec = Spec();
        await Six(() => Hypervisor.Create(spec, Cancelled));
        Assert.Single(await Hypervisor.All(Cancelled), one => one.Name == spec.Name);
        await Six(() => Hypervisor.Start(spec.Name, Cancelled));
        Assert.True((await Hypervisor.Find(spec.Name, Cancelled))?.Running);
        await Six(() => Hypervisor.Delete(spec.Name, Cancelled));
        Assert.Null(await Hypervisor.Find(spec.Name, Cancelled));
    }

    [Fact]
    public async Task The_name_of_another_job_is_refused_and_its_instance_left_alone()
    {
        var spec = Spec();
        await Hypervisor.Create(spec, Cancelled);
        await Refused("name_taken", () => Hypervisor.Create(spec with { Job = "another" }, Cancelled));
        Assert.Equal(spec.Job, (await Hypervisor.Find(spec.Name, Cancelled))?.Job);
    }

    [Fact]
    public async Task A_half_made_instance_is_never_started_but_made_again()
    {
        var spec = Spec();
        await MakeHalf(spec.Name);
        var trouble = await Assert.ThrowsAsync<HypervisorException>(() => Hypervisor.Start(spec.Name, Cancelled));
        Assert.Equal("provisioning.hypervisors.half_made", trouble.Code);
        await Hypervisor.Create(spec, Cancelled);
        await Hypervisor.Start(spec.Name, Cancelled);
        Assert.NotEmpty(await Hypervisor.WaitForAddress(spec.Name, Wait.Patience, Cancelled));
    }

    [Fact]
    public async Task What_can_never_be_done_is_refused_and_leaves_nothing()
    {
        var spec = Spec();
        await Refused("image_not_found", () => Hypervisor.Create(spec with { Image = "no-such-image" }, Cancelled));
        await Refused("bad_name", () => Hypervisor.Create(spec with { Name = "under_score" }, Cancelled));
        await Refused("bad_name", () => Hypervisor.Create(spec with { Name = "" }, Cancelled));
        Assert.Null(await Hypervisor.Find(spec.Name, Cancelled));
        var absent = await Assert.ThrowsAsync<HypervisorException>(() => Hypervisor.Start(spec.Name, Cancelled));
        Assert.Equal(HypervisorTrouble.Absent, absent.Trouble);
    }

    [Fact]
    public async Task A_disk_never_shrinks()
    {
        var spec = Spec();
        await Hypervisor.Create(spec with { Limits = new Limits(1, 128, 2) }, Cancelled);
        await Refused("never_shrink", () => Hypervisor.SetLimits(spec.Name, new Limits(1, 128, 1), Cancelled));
        Assert.Equal(2, (await Hypervisor.Find(spec.Name, Cancelled))?.Limits?.DiskGib);
    }

    [Fact]
    public async Task A_guest_that_ignores_the_stop_is_stopped_by_force()
    {
        var spec = await Running();
        await MakeDeaf(spec.Name);
        await Hypervisor.Stop(spec.Name, TimeSpan.FromSeconds(1), Cancelled);
        Assert.True((await Hypervisor.Find(spec.Name, Cancelled))?.Stopped);
    }

    [Fact]
    public async Task An_operation_that_nobody_remembers_is_unknown_not_failed()
    {
        var end = await Hypervisor.Connection.Wait($"/1.0/operations/{Guid.NewGuid()}", Cancelled);
        Assert.IsType<OperationEnd.Unknown>(end);
    }

    [Fact]
    public async Task A_snapshot_brings_the_files_back()
    {
        var spec = await Running();
        await Guest.Write(spec.Name, "/root/note", "before");
        await Hypervisor.Snapshot(spec.Name, "s1", Cancelled);
        await Guest.Write(spec.Name, "/root/note", "after");
        await Hypervisor.RestoreSnapshot(spec.Name, "s1", Cancelled);
        Assert.Equal("before", await Guest.Read(spec.Name, "/root/note"));
        Assert.True((await Hypervisor.Find(spec.Name, Cancelled))?.Running);
    }

    [Fact]
    public async Task A_backup_becomes_a_second_server_beside_the_first()
    {
        var spec = await Running();
        await Guest.Write(spec.Name, "/root/note", "kept");
        var first = await Hypervisor.WaitForAddress(spec.Name, Wait.Patience, Cancelled);
        await Hypervisor.SetAddress(spec.Name, first, Cancelled);
        var archive = await Archive(spec.Name);

        var copy = new ImportSpec { Name = Name(), Job = "copy", Label = "Copy" };
        await Hypervisor.ImportInstance(_ => Task.FromResult<Stream>(new MemoryStream(archive)), copy, Cancelled);
        // a second try takes the finished one and does not even open the archive
        await Hypervisor.ImportInstance(_ => throw new InvalidOperationException("opened again"), copy, Cancelled);
        var found = await Hypervisor.Find(copy.Name, Cancelled);
        Assert.Equal("copy", found?.Job);
        Assert.Null(found?.FixedAddress);
        await Hypervisor.Start(copy.Name, Cancelled);
        var second = await Hypervisor.WaitForAddress(copy.Name, Wait.Patience, Cancelled);
        Assert.NotEqual(first, second);
        Assert.Equal(first, await Hypervisor.WaitForAddress(spec.Name, Wait.Patience, Cancelled));
        Assert.Equal("kept", await Guest.Read(copy.Name, "/root/note"));
    }

    [Fact]
    public async Task An_address_moves_to_the_restored_server()
    {
        var spec = await Running();
        var address = await Hypervisor.WaitForAddress(spec.Name, Wait.Patience, Cancelled);
        await Hypervisor.SetAddress(spec.Name, address, Cancelled);
        var archive = await Archive(spec.Name);
        var copy = new ImportSpec { Name = Name(), Job = "copy" };
        await Hypervisor.ImportInstance(_ => Task.FromResult<Stream>(new MemoryStream(archive)), copy, Cancelled);

        await Hypervisor.Stop(spec.Name, StopWithin, Cancelled);
        await Hypervisor.SetAddress(spec.Name, null, Cancelled);
        await Hypervisor.SetAddress(copy.Name, address, Cancelled);
        await Hypervisor.Start(copy.Name, Cancelled);
        Assert.Equal(address, await Hypervisor.WaitForAddress(copy.Name, Wait.Patience, Cancelled));
        await Hypervisor.Start(spec.Name, Cancelled);
        Assert.NotEqual(address, await Hypervisor.WaitForAddress(spec.Name, Wait.Patience, Cancelled));
    }

    [Fact]
    public async Task A_truncated_archive_becomes_no_server_and_leaves_nothing()
    {
        var spec = await Running();
        var archive = await Archive(spec.Name);
        var copy = new ImportSpec { Name = Name(), Job = "copy" };
        var trouble = await Assert.ThrowsAsync<HypervisorException>(() =>
            Hypervisor.ImportInstance(_ => Task.FromResult<Stream>(new MemoryStream(archive[..(archive.Length / 2)])), copy, Cancelled));
        Assert.True(trouble.Code is "provisioning.hypervisors.truncated_archive" or "provisioning.hypervisors.unpack_failed", $"{trouble.Code}: {trouble.Message}");
        Assert.Null(await Hypervisor.Find(copy.Name, Cancelled));
        await Refused("not_an_archive", () =>
            Hypervisor.ImportInstance(_ => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes("no archive at all"))), copy, Cancelled));
        Assert.Null(await Hypervisor.Find(copy.Name, Cancelled));
    }

    private protected InstanceSpec Spec() => new()
    {
        Name = Name(),
        Job = Guid.NewGuid().ToString(),
        Image = Image,
        Hostname = "web-1.example.in",
        SshKey = SshKey,
        Label = "Web",
        Limits = new Limits(1, 128, 1),
    };

    private protected async Task<InstanceSpec> Running()
    {
        var spec = Spec();
        await Hypervisor.Create(spec, Cancelled);
        await Hypervisor.Start(spec.Name, Cancelled);
        await Hypervisor.WaitForAddress(spec.Name, Wait.Patience, Cancelled);
        return spec;
    }

    private protected string Name()
    {
        var name = $"contract-{Guid.NewGuid():n}"[..24];
        names.Add(name);
        return name;
    }

    private protected async Task<byte[]> Archive(string name)
    {
        using var archive = new MemoryStream();
        var size = await Hypervisor.ExportBackup(await Hypervisor.CreateBackup(name, "b1", Cancelled), archive, Cancelled);
        Assert.Equal(archive.Length, size);
        await Hypervisor.DeleteBackup(name, "b1", Cancelled);
        return archive.ToArray();
    }

    private protected static async Task Refused(string code, Func<Task> call)
    {
        var trouble = await Assert.ThrowsAsync<HypervisorException>(call);
        Assert.True(trouble.Code == $"provisioning.hypervisors.{code}", $"{trouble.Code}: {trouble.Message}");
        Assert.Equal(HypervisorTrouble.Refused, trouble.Trouble);
    }

    private static Task Six(Func<Task> call) => Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(call)));
}

/// <summary>Looks into a guest and changes its files.</summary>
internal sealed class Guest(Hypervisor hypervisor)
{
    public async Task<string> Read(string name, string path)
    {
        using var answer = await hypervisor.Connection.Open($"/1.0/instances/{name}/files?path={Uri.EscapeDataString(path)}", CancellationToken.None);
        return await answer.Content.ReadAsStringAsync();
    }

    public async Task<bool> Has(string name, string path)
    {
        try
        {
            await Read(name, path);
            return true;
        }
        catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.Absent)
        {
            return false;
        }
    }

    public async Task Write(string name, string path, string text, string mode = "0644")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        await hypervisor.Connection.Send(
            HttpMethod.Post,
            $"/1.0/instances/{name}/files?path={Uri.EscapeDataString(path)}",
            content,
            CancellationToken.None,
            headers: [("X-LXD-type", "file"), ("X-LXD-mode", mode)]);
    }
}
