using Database;

namespace Portal.Catalogue;

/// <summary>
/// Puts plans, regions and images into the catalogue; what has the same code is replaced, what is no longer sold gets unlisted.
/// </summary>
public static class SetCatalogue
{
    /// <summary>Sets a plan. Servers already ordered keep the sizes they were ordered with.</summary>
    public static Task Plan(Tx tx, ServerPlan plan) => Set(tx, Sql.UpdatePlan, Sql.InsertPlan, plan);

    /// <summary>Sets a region.</summary>
    public static Task Region(Tx tx, Region region) => Set(tx, Sql.UpdateRegion, Sql.InsertRegion, region);

    /// <summary>Sets an image.</summary>
    public static Task Image(Tx tx, Image image) => Set(tx, Sql.UpdateImage, Sql.InsertImage, image);

    private static async Task Set(Tx tx, string update, string insert, object row)
    {
        if (await tx.Execute(update, row) == 0) await tx.Execute(insert, row);
    }

    internal static class Sql
    {
        public const string UpdatePlan = """
            update ServerPlan
            set Name = @Name, Kind = @Kind, Vcpu = @Vcpu, MemoryMib = @MemoryMib, DiskGib = @DiskGib, TransferGib = @TransferGib,
                Position = @Position, Listed = @Listed
            where Code = @Code
            """;

        public const string InsertPlan = """
            insert into ServerPlan (Code, Name, Kind, Vcpu, MemoryMib, DiskGib, TransferGib, Position, Listed)
            values (@Code, @Name, @Kind, @Vcpu, @MemoryMib, @DiskGib, @TransferGib, @Position, @Listed)
            """;

        public const string UpdateRegion = """
            update Region
            set Name = @Name, City = @City, StateCode = @StateCode, Position = @Position, IsOpen = @IsOpen
            where Code = @Code
            """;

        public const string InsertRegion = """
            insert into Region (Code, Name, City, StateCode, Position, IsOpen)
            values (@Code, @Name, @City, @StateCode, @Position, @IsOpen)
            """;

        public const string UpdateImage = """
            update Image
            set Name = @Name, Family = @Family, Alias = @Alias, Position = @Position, Listed = @Listed
            where Code = @Code
            """;

        public const string InsertImage = """
            insert into Image (Code, Name, Family, Alias, Position, Listed)
            values (@Code, @Name, @Family, @Alias, @Position, @Listed)
            """;
    }
}
