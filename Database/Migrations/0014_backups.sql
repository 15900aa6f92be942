-- room: Provisioning/Backups

create table BackupSchedule (
    ServerId varchar(30) not null constraint PK_BackupSchedule primary key,
    AccountId varchar(30) not null,
    DayMinute int not null constraint CK_BackupSchedule_DayMinute check (DayMinute between 0 and 1439),
    NextExportAt datetime2(3) not null,
    NextSnapshotAt datetime2(3) not null,
    StartedAt datetime2(3) not null,
    EndedAt datetime2(3) null
);

create index IX_BackupSchedule_Export on BackupSchedule (NextExportAt) where EndedAt is null;
create index IX_BackupSchedule_Snapshot on BackupSchedule (NextSnapshotAt) where EndedAt is null;

create table Snapshot (
    Id varchar(30) not null constraint PK_Snapshot primary key,
    AccountId varchar(30) not null,
    ServerId varchar(30) not null,
    InstanceName varchar(63) not null,
    State varchar(12) not null constraint CK_Snapshot_State check (State in ('taking', 'ready', 'removing', 'removed', 'failed')),
    TakenAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    EndedAt datetime2(3) null
);

create index IX_Snapshot_Server on Snapshot (ServerId, TakenAt);
create index IX_Snapshot_Expires on Snapshot (ExpiresAt) where EndedAt is null;

create table ServerBackup (
    Id varchar(30) not null constraint PK_ServerBackup primary key,
    AccountId varchar(30) not null,
    ServerId varchar(30) not null,
    Region varchar(20) not null,
    InstanceName varchar(63) not null,
    Kind varchar(12) not null constraint CK_ServerBackup_Kind check (Kind in ('daily', 'manual', 'final')),
    State varchar(12) not null constraint CK_ServerBackup_State check (State in ('taking', 'stored', 'ready', 'failed', 'removing', 'removed')),
    ObjectKey varchar(200) null,
    Bytes bigint null,
    Sha256 varchar(64) null,
    DiskGib int not null,
    TakenAt datetime2(3) not null,
    VerifiedAt datetime2(3) null,
    ExpiresAt datetime2(3) not null,
    HeldUntil datetime2(3) null,
    EndedAt datetime2(3) null,
    constraint CK_ServerBackup_Ready check (State <> 'ready' or VerifiedAt is not null and ObjectKey is not null and Sha256 is not null)
);

create index IX_ServerBackup_Server on ServerBackup (ServerId, TakenAt);
create index IX_ServerBackup_Account on ServerBackup (AccountId, TakenAt);
create index IX_ServerBackup_Expires on ServerBackup (ExpiresAt) where EndedAt is null;

create table ReplacedInstance (
    InstanceName varchar(63) not null constraint PK_ReplacedInstance primary key,
    AccountId varchar(30) not null,
    ServerId varchar(30) not null,
    BackupId varchar(30) not null,
    ReplacedBy varchar(63) not null,
    Region varchar(20) not null,
    Address varchar(45) null,
    ReplacedAt datetime2(3) not null,
    KeptUntil datetime2(3) not null,
    EndedAt datetime2(3) null
);

create unique index UQ_ReplacedInstance_ReplacedBy on ReplacedInstance (ReplacedBy);
create index IX_ReplacedInstance_KeptUntil on ReplacedInstance (KeptUntil) where EndedAt is null;
create index IX_ReplacedInstance_Server on ReplacedInstance (ServerId, ReplacedAt);
