using Database.Objects;
using Xunit;

namespace Database.Tests.Objects;

[Collection(nameof(MemoryIsMeasured))]
public sealed class FileObjectsTests : ObjectStoreContract
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"portal-objects-{Guid.NewGuid():n}");

    protected override Task<ObjectStore> Start() => Task.FromResult<ObjectStore>(new FileObjects(folder, TimeProvider.System));

    protected override Task End()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_a_killed_process_left_behind_is_removed_a_day_later()
    {
        var partial = Directory.CreateDirectory(Path.Combine(folder, ".partial"));
        var old = Path.Combine(partial.FullName, "old");
        var running = Path.Combine(partial.FullName, "running");
        await File.WriteAllTextAsync(old, "half");
        await File.WriteAllTextAsync(running, "half");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));

        await new FileObjects(folder, TimeProvider.System).Put("new", new MemoryStream([1]));

        Assert.Equal(["running"], Directory.EnumerateFiles(partial.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Nobody_else_on_the_machine_reads_the_files()
    {
        if (OperatingSystem.IsWindows()) return;
        await new FileObjects(folder, TimeProvider.System).Put("a/b", new MemoryStream([1]));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(folder, "a/b")) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
    }
}

/// <summary>Tests that look at this process's memory run alone.</summary>
[CollectionDefinition(nameof(MemoryIsMeasured), DisableParallelization = true)]
public sealed class MemoryIsMeasured;
