using Database;
using Database.Objects;
using Database.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Provisioning.Backups;
using Provisioning.Hypervisors;
using Provisioning.Hypervisors.Sandbox;
using Provisioning.Plan;
using Provisioning.Servers;
using Provisioning.Tests.Hypervisors;
using Testing;

namespace Provisioning.Tests.Backups;

/// <summary>
/// The worker's rooms with a database, an object store and a hypervisor, but without the work loop: a test takes an item through its
/// handler by hand, crashes it where it likes and takes it up again.
/// </summary>
internal sealed class Workshop : IAsyncDisposable
{
    public const string Account = "acc_00000000000000000000000001";
    private readonly string folder = Directory.CreateTempSubdirectory("portal-backups-").FullName;
    private readonly List<Func<ValueTask>> ends = [];
    private readonly List<string> instances = [];
    private ServiceProvider services = null!;

    public TestDatabase Database { get; private set; } = null!;

    public Fuse Fuse { get; } = new();

    public Clock Clock { get; } = new();

    public Hypervisor Hypervisor => services.GetRequiredService<HypervisorsByRegion>().In("blr");

    public Guest Guest => new(Hypervisor);

    public ObjectStore Store => services.GetRequiredService<ObjectStore>();

    public EncryptedObjects Objects => services.GetRequiredService<EncryptedObjects>();

    private string Image { get; set; } = "debian-12";

    /// <summary>On the sandbox, whose requests may be cut off by the fuse.</summary>
    public static async Task<Workshop> OnSandbox(string engine = "SQLite")
    {
        var shop = new Workshop();
        var url = $"http://127.0.0.1:{FreePort.Find()}";
        var sandbox = HypervisorSandbox.Build(["--urls", url, "--state", Path.Combine(shop.folder, "sandbox")]);
        sandbox.Use(shop.CutOff);
        await sandbox.StartAsync();
        shop.ends.Add(sandbox.DisposeAsync);
        await shop.Open(engine, new Dictionary<string, string?> { ["Url"] = url, ["Network"] = "br0", ["Patience"] = "00:04:00" });
        return shop;
    }

    /// <summary>On a real LXD.</summary>
    public static async Task<Workshop> OnLxd()
    {
        var lxd = Parts.RequireLxd();
        var shop = new Workshop { Image = lxd.Image };
        await shop.Open("SQLite", new Dictionary<string, string?>
        {
            ["Url"] = lxd.Url.ToString(),
            ["ClientCertificate"] = lxd.ClientCertificate,
            ["ClientKey"] = lxd.ClientKey,
            ["ServerFingerprint"] = lxd.ServerFingerprint,
            ["Pool"] = lxd.Pool,
            ["Network"] = lxd.Network,
        });
        return shop;
    }

    private async Task Open(string engine, Dictionary<string, string?> hypervisor)
    {
        Database = await TestDatabase.Create(engine);
        var settings = hypervisor.ToDictionary(one => $"Provisioning:Hypervisors:0:{one.Key}", one => one.Value);
        settings["Provisioning:Hypervisors:0:Region"] = "blr";
        settings["Provisioning:Backups:StopPatience"] = "00:00:15";
        settings["Provisioning:Backups:AddressPatience"] = "00:04:00";
        settings["Database:Objects:MasterKeyFile"] = Path.Combine(folder, "objects.key");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<IHostEnvironment>(new Development());
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddDatabase(configuration);
        collection.AddSingleton(Database.Db);
        collection.AddPlan(configuration).AddHypervisors(configuration).AddServers(configuration).AddBackups(configuration);
        collection.AddSingleton<ObjectStore>(new FusedObjects(new FileObjects(Path.Combine(folder, "objects"), Clock), Fuse));
        services = collection.BuildServiceProvider();
        ends.Add(services.DisposeAsync);
        ends.Add(Database.DisposeAsync);
    }

    /// <summary>A server that runs, with its row.</summary>
    public async Task<string> Server(string state = "running", string account = Account)
    {
        var id = $"srv_{Guid.NewGuid():n}"[..30].ToLowerInvariant();
        var name = id.Replace('_', '-');
        instances.Add(name);
        await Hypervisor.Create(
            new InstanceSpec
            {
                Name = name,
                Job = id,
                Image = Image,
                Hostname = "web-1",
                SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5ZBxyBWVlBHWIBfH+VvR7n2MHKmAVsxJ8bYAlXoVZN asha",
                Label = "Web",
                Limits = new Limits(1, 128, 1),
            },
            CancellationToken.None);
        await Hypervisor.Start(name, CancellationToken.None);
        var address = await Hypervisor.WaitForAddress(name, Wait.Patience, CancellationToken.None);
        await Hypervisor.SetAddress(name, address, CancellationToken.None);
        await ServerRows.Add(Database.Db, id, account, name, address, state, Clock.GetUtcNow());
        return id;
    }

    public Task<WorkItem> Add(NewWork work) => Database.Db.Write(async tx =>
    {
        var id = await WorkQueue.Add(tx, work with { AccountId = work.AccountId ?? Account }, Clock.GetUtcNow());
        return (await tx.One<WorkItem>(Sql.Item, new { Id = id }))!;
    });

    public Task<IReadOnlyList<WorkItem>> Items(string command) =>
        Database.Db.Query<WorkItem>(Sql.ItemsOf, new { Command = command });

    /// <summary>One try, as a worker that has just claimed the item makes it; what the outcome writes is written.</summary>
    public async Task<WorkOutcome> Try(WorkItem item, CancellationToken cancelled = default)
    {
        var claimed = await Database.Db.Write(async tx =>
        {
            await tx.Execute(Sql.Claim, new { item.Id });
            return (await tx.One<WorkItem>(Sql.Item, new { item.Id }))!;
        });
        var command = services.GetServices<WorkCommand>().Single(one => one.Name == item.Command);
        var handler = (IWorkHandler)services.GetRequiredService(command.Handler);
        var outcome = await handler.Run(new WorkContext(Database.Db, Clock, claimed, cancelled));
        var writes = outcome switch
        {
            WorkOutcome.Done done => done.InSameTransaction,
            WorkOutcome.Again again => again.InSameTransaction,
            WorkOutcome.Failed failed => failed.InSameTransaction,
            _ => null,
        };
        await Database.Db.Write(async tx =>
        {
            if (outcome is not WorkOutcome.Again) await tx.Execute(Sql.End, new { item.Id, Now = Clock.GetUtcNow() });
            if (writes is not null) await writes(tx);
        });
        return outcome;
    }

    public async Task<WorkOutcome> Do(NewWork work) => await Try(await Add(work));

    public Task Exhaust(WorkItem item)
    {
        var command = services.GetServices<WorkCommand>().Single(one => one.Name == item.Command);
        var handler = (IWorkHandler)services.GetRequiredService(command.Handler);
        return Database.Db.Write(async tx =>
        {
            await tx.Execute(Sql.End, new { item.Id, Now = Clock.GetUtcNow() });
            await handler.Exhausted(tx, item, Clock.GetUtcNow());
        });
    }

    public Task<Backup> BackUp(string serverId, string kind = "manual") => BackUpOf(serverId, Account, kind);

    public async Task<Backup> BackUpOf(string serverId, string account, string kind = "manual")
    {
        var item = await Add(new NewWork(TakeBackup.Command, serverId) { AccountId = account, Input = new TakeBackupInput { Kind = kind } });
        var outcome = await Try(item);
        if (outcome is not WorkOutcome.Done) throw new InvalidOperationException($"The backup was not taken: {outcome}");
        return (await Backups(serverId)).Single(one => one.Id == Id.Like<BackupId>(item.Id.Value));
    }

    public Task<IReadOnlyList<Backup>> Backups(string serverId) => Database.Db.Query<Backup>(
        Sql.Backups, new { ServerId = serverId });

    public async Task<List<string>> Keys(string prefix = "")
    {
        var keys = new List<string>();
        await foreach (var found in Store.List(prefix)) keys.Add(found.Key);
        return keys;
    }

    public async Task<string> InstanceOf(string serverId) =>
        (await Database.Db.One<string>(Sql.Instance, new { Id = serverId }))!;

    public async Task<string> StateOf(string serverId) => (await Database.Db.One<string>(Sql.State, new { Id = serverId }))!;

    public async Task<IReadOnlyList<string>> BackupsOutside(string instance)
    {
        var found = await Hypervisor.Connection.Get($"/1.0/instances/{instance}/backups?recursion=1", CancellationToken.None);
        return [.. found!.AsArray().Select(one => (string)one!["name"]!)];
    }

    public async ValueTask DisposeAsync()
    {
        Fuse.Mend();
        if (services is not null)
        {
            var known = await Database.Db.Query<string>(Sql.Instances);
            foreach (var name in instances.Union(known)) await Hypervisor.Delete(name, CancellationToken.None);
        }

        foreach (var end in ends) await end();
        Directory.Delete(folder, recursive: true);
    }

    private async Task CutOff(HttpContext context, Func<Task> next)
    {
        try
        {
            Fuse.Pass();
            await next();
            Fuse.Pass();
        }
        catch (CrashException)
        {
            context.Abort();
        }
    }

    internal static class Sql
    {
        private const string Items = """
            select Id, Command, Resource, AccountId, State, Step, Progress, Message, Attempts, NextTryAt, Fence, ErrorCode, ErrorText,
                Input, PromisedAt, CreatedAt, StartedAt, EndedAt, TraceParent
            from WorkItem
            """;

        public const string Item = $"{Items} where Id = @Id";

        public const string ItemsOf = $"{Items} where Command = @Command order by Id";

        public const string Claim = "update WorkItem set Fence = Fence + 1 where Id = @Id";

        public const string End = "update WorkItem set EndedAt = @Now where Id = @Id";

        public const string Backups = $"select {Backup.Columns} from ServerBackup where ServerId = @ServerId order by TakenAt, Id";

        public const string Instance = "select InstanceName from Server where Id = @Id";

        public const string State = "select State from Server where Id = @Id";

        public const string Instances = "select InstanceName from Server union select InstanceName from ReplacedInstance";

        public const string EndedSchedules = "select count(*) from BackupSchedule where EndedAt is not null";

        public const string ReadySnapshots = "select count(*) from Snapshot where State = 'ready'";
    }

    private sealed class Development : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Development";
        public string ApplicationName { get; set; } = "Provisioning";
        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}

/// <summary>Real time that a test can put forward.</summary>
internal sealed class Clock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}

/// <summary>The worker is gone: whatever it asks for from now on fails, also what it does to clean up.</summary>
internal sealed class CrashException() : IOException("The worker was killed here.");

/// <summary>Kills at the n-th point that is passed: before and after each call to the hypervisor and the object store.</summary>
internal sealed class Fuse
{
    private readonly Lock gate = new();
    private int left = int.MaxValue;

    public bool Blown { get; private set; }

    public void Arm(int points)
    {
        lock (gate) (left, Blown) = (points, false);
    }

    public void Mend() => Arm(int.MaxValue);

    public void Pass()
    {
        lock (gate)
        {
            if (left-- <= 0) Blown = true;
            if (Blown) throw new CrashException();
        }
    }
}

internal sealed class FusedObjects(ObjectStore inner, Fuse fuse) : ObjectStore
{
    public override async Task<StoredObject> Put(string key, Stream content, CancellationToken cancelled = default)
    {
        fuse.Pass();
        var stored = await inner.Put(key, content, cancelled);
        fuse.Pass();
        return stored;
    }

    public override Task<Stream> Open(string key, CancellationToken cancelled = default)
    {
        fuse.Pass();
        return inner.Open(key, cancelled);
    }

    public override async Task Delete(string key, CancellationToken cancelled = default)
    {
        fuse.Pass();
        await inner.Delete(key, cancelled);
        fuse.Pass();
    }

    public override IAsyncEnumerable<ListedObject> List(string prefix, CancellationToken cancelled = default)
    {
        fuse.Pass();
        return inner.List(prefix, cancelled);
    }
}
