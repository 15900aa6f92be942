-- room: Provisioning/Servers

create table Server (
    Id varchar(30) not null constraint PK_Server primary key,
    AccountId varchar(30) not null,
    OrderLineId varchar(30) not null constraint UQ_Server_OrderLine unique,
    InstanceName varchar(63) not null constraint UQ_Server_InstanceName unique,
    Region varchar(20) not null,
    ImageAlias varchar(80) not null,
    Hostname varchar(253) not null,
    Label nvarchar(80) not null,
    Vcpu int not null,
    MemoryMib int not null,
    DiskGib int not null,
    Backups bit not null,
    State varchar(12) not null
        constraint CK_Server_State check (State in ('creating', 'running', 'stopped', 'failed', 'deleted', 'gone')),
    Address varchar(45) null,
    Doubt nvarchar(200) null,
    FailureCode varchar(80) null,
    FailureText nvarchar(1000) null,
    PromisedAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    ReadyAt datetime2(3) null,
    ObservedAt datetime2(3) null,
    DeletedAt datetime2(3) null,
    ShieldUntil datetime2(3) null,
    GoneAt datetime2(3) null
);

create index IX_Server_Account on Server (AccountId, CreatedAt);
create index IX_Server_Region on Server (Region, State);
